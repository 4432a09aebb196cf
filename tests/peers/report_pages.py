"""Pages as a strict parser of HTML reads them: what is against the standard, and what a page would ask for.

In: a list of paths. Out: for each the findings of html5lib, whatever would be fetched, and the headings.
"""

import json
import sys

import html5lib

ASKING = {"src", "srcset", "data", "poster", "action", "formaction", "background", "cite", "ping"}


def look(path):
    with open(path, "rb") as file:
        text = file.read()
    parser = html5lib.HTMLParser(tree=html5lib.getTreeBuilder("etree"), namespaceHTMLElements=False)
    document = parser.parse(text, transport_encoding="utf-8")
    findings = [f"{place}: {code} {facts}" for place, code, facts in parser.errors]
    asks, headings, ids = [], [], []
    for element in document.iter():
        if not isinstance(element.tag, str):
            continue
        for name, value in element.attrib.items():
            if str(name) in ASKING or (str(name).endswith("href") and not value.startswith("#")):
                asks.append(f"{element.tag} {name}={value}")
            if name == "id":
                ids.append(value)
        if element.tag in ("h1", "h2"):
            headings.append("".join(element.itertext()))
    policy = [
        element.attrib["content"]
        for element in document.iter("meta")
        if element.attrib.get("http-equiv") == "Content-Security-Policy"
    ]
    twice = sorted({one for one in ids if ids.count(one) > 1})
    return {"findings": findings, "asks": asks, "headings": headings, "policy": policy, "twice": twice}


json.dump([look(path) for path in json.load(sys.stdin)], sys.stdout)
