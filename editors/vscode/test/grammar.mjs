// The grammar colours every file of the repository, and nothing in a good file is marked as invalid.
import assert from "node:assert";
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { join } from "node:path";
import { test } from "node:test";
import oniguruma from "vscode-oniguruma";
import textmate from "vscode-textmate";

const root = new URL("../../..", import.meta.url).pathname;
const require = createRequire(import.meta.url);
const grammarPath = new URL("../syntaxes/nnr.tmLanguage.json", import.meta.url);
const wasm = readFileSync(require.resolve("vscode-oniguruma/release/onig.wasm"));
const onigLib = oniguruma.loadWASM(wasm.buffer).then(() => ({
  createOnigScanner: (patterns) => new oniguruma.OnigScanner(patterns),
  createOnigString: (text) => new oniguruma.OnigString(text),
}));
const registry = new textmate.Registry({
  onigLib,
  loadGrammar: async () => textmate.parseRawGrammar(readFileSync(grammarPath, "utf8"), "nnr.tmLanguage.json"),
});
const grammar = await registry.loadGrammar("source.nnr");

/** Text and innermost scope of every token. */
function tokens(text) {
  let stack = textmate.INITIAL;
  return text.split(/\r\n|\n|\r/).flatMap((line) => {
    const result = grammar.tokenizeLine(line, stack);
    stack = result.ruleStack;
    return result.tokens.map((one) => ({ text: line.slice(one.startIndex, one.endIndex), scope: one.scopes.at(-1) }));
  });
}

function scope(text, word) {
  return tokens(text).find((one) => one.text.trim() === word)?.scope;
}

function files() {
  const examples = join(root, "examples");
  const folders = readdirSync(examples, { withFileTypes: true }).filter((one) => one.isDirectory());
  return [...folders.map((one) => join(examples, one.name)), join(root, "tests/corpus/good")].flatMap((folder) =>
    readdirSync(folder).filter((name) => name.endsWith(".nnr")).map((name) => join(folder, name)));
}

test("nothing in a good file is invalid", () => {
  const all = files();
  assert.ok(all.length >= 40, `${all.length} files`);
  for (const path of all) {
    const invalid = tokens(readFileSync(path, "utf8")).filter((one) => one.scope.startsWith("invalid"));
    assert.deepStrictEqual(invalid, [], path);
  }
});

test("words have the scope of what they are", () => {
  assert.strictEqual(scope("network n {", "network"), "keyword.control.nnr");
  assert.strictEqual(scope("network n {", "n"), "entity.name.type.nnr");
  assert.strictEqual(scope("layer y = dense(1) | smooth_relu(h = 0.1);", "smooth_relu"), "support.function.nnr");
  assert.strictEqual(scope("layer y = dense(1) | relu(h = 0.1);", "h"), "variable.other.property.nnr");
  assert.strictEqual(scope("until = 20 s;", "s"), "keyword.other.unit.nnr");
  assert.strictEqual(scope("rate = 1 /M/s;", "/M/s"), "keyword.other.unit.nnr");
  assert.ok(!tokens("until = 20 seconds;").some((one) => one.scope === "keyword.other.unit.nnr"));
  assert.strictEqual(scope("output y as classes();", "as"), "keyword.control.nnr");
  assert.strictEqual(scope("x // layer", "// layer"), "comment.line.double-slash.nnr");
  assert.strictEqual(scope('x = "a\\q";', "\\q"), "invalid.illegal.escape.nnr");
  assert.strictEqual(scope("import x", "import"), "invalid.illegal.reserved.nnr");
  // A string ends with its line.
  assert.strictEqual(scope('x = "a\nlayer y', "layer"), "keyword.control.nnr");
});
