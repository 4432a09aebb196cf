import { execFile } from "node:child_process";
import { promisify } from "node:util";
import * as vscode from "vscode";
import { LanguageClient, type LanguageClientOptions } from "vscode-languageclient/node";

let client: LanguageClient | undefined;

/** The command that the settings name, else the one in the search path. */
function command(): string {
  return vscode.workspace.getConfiguration("nnrc").get<string>("path") || "nnrc";
}

/** Whether the command is there and serves editors. */
async function serves(path: string): Promise<boolean> {
  try {
    await promisify(execFile)(path, ["lsp", "--help"], { timeout: 10_000 });
    return true;
  } catch {
    return false;
  }
}

async function start(): Promise<void> {
  const path = command();
  if (!(await serves(path))) {
    const settings = "Open settings";
    const answer = await vscode.window.showErrorMessage(
      `\`${path}\` is not there, or is too old for editors. Install it by \`pip install nnrc\` or \`cargo install nnrc-cli\`, ` +
        "or name its place in the setting `nnrc.path`.",
      settings,
    );
    if (answer === settings) {
      await vscode.commands.executeCommand("workbench.action.openSettings", "nnrc.path");
    }
    return;
  }
  const docs = vscode.workspace.getConfiguration("nnrc").get<string>("docs");
  const options: LanguageClientOptions = {
    documentSelector: [{ language: "nnr" }],
    initializationOptions: docs ? { docs } : {},
    // Weights and data belong to what is checked.
    synchronize: { fileEvents: vscode.workspace.createFileSystemWatcher("**/*.{csv,tsv,gz,npz,npy,safetensors}") },
  };
  client = new LanguageClient("nnrc", "nnrc", { command: path, args: ["lsp"] }, options);
  await client.start();
}

async function restart(): Promise<void> {
  await client?.stop();
  client = undefined;
  await start();
}

export async function activate(context: vscode.ExtensionContext): Promise<void> {
  context.subscriptions.push(
    vscode.commands.registerCommand("nnrc.restart", restart),
    vscode.workspace.onDidChangeConfiguration(async (change) => {
      if (change.affectsConfiguration("nnrc")) await restart();
    }),
  );
  await start();
}

export async function deactivate(): Promise<void> {
  await client?.stop();
}
