"""Linters of what is published: ``publishing.py codemeta FILE`` and ``publishing.py recipe FILE``.

Prints one line of what was found; ends with status 1 where something is wrong.
"""

import json
import sys
from importlib.resources import files


def codemeta(path: str) -> str:
    """Every term is one of CodeMeta, whose context the package codemetapy brings along: nothing is lost as linked data."""
    import rdflib

    data = json.load(open(path, encoding="utf-8"))
    context = json.loads((files("codemeta") / "schema/codemeta.jsonld").read_text(encoding="utf-8"))["@context"]
    unknown = [key for key in data if not key.startswith("@") and key not in context]
    if unknown:
        sys.exit(f"no terms of CodeMeta: {', '.join(unknown)}")
    graph = rdflib.Graph().parse(data=json.dumps({**data, "@context": context}), format="json-ld")
    (subject,) = graph.subjects(rdflib.RDF.type, rdflib.URIRef("http://schema.org/SoftwareSourceCode"))
    properties = {str(predicate) for predicate in graph.predicates(subject)}
    if len(properties) != len([key for key in data if key not in ("@context", "@id")]):
        sys.exit(f"{len(properties)} properties of {len(data)} keys")
    return f"{len(graph)} triples, {len(properties)} properties"


def recipe(path: str) -> str:
    """The recipe parses and renders: one variant of each package."""
    import rattler_build

    variants = rattler_build.Stage0Recipe.from_file(path).render()
    return ", ".join(str(variant).split("package='")[1].split("'")[0] for variant in variants)


if __name__ == "__main__":
    print({"codemeta": codemeta, "recipe": recipe}[sys.argv[1]](sys.argv[2]))
