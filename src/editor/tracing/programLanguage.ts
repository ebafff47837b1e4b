import * as vscode from "vscode";

/** The languages for which tracing can be set up. */
const programLanguages = ["Node.js", "Python", "Java", "Go", ".NET", "Ruby", "PHP", "Rust"] as const;
export type ProgramLanguage = (typeof programLanguages)[number];

const ofEditor = new Map<string, ProgramLanguage>([
  ["javascript", "Node.js"],
  ["javascriptreact", "Node.js"],
  ["typescript", "Node.js"],
  ["typescriptreact", "Node.js"],
  ["python", "Python"],
  ["java", "Java"],
  ["kotlin", "Java"],
  ["go", "Go"],
  ["csharp", ".NET"],
  ["fsharp", ".NET"],
  ["vb", ".NET"],
  ["ruby", "Ruby"],
  ["php", "PHP"],
  ["rust", "Rust"],
]);

/** Files by which a project shows its language; a Python project may have nothing but its programs. */
const marks: readonly (readonly [ProgramLanguage, string])[] = [
  ["Node.js", "package.json"],
  ["Python", "{pyproject.toml,requirements.txt,*.py}"],
  ["Java", "{pom.xml,build.gradle,build.gradle.kts}"],
  ["Go", "go.mod"],
  [".NET", "*.{csproj,fsproj,sln}"],
  ["Ruby", "Gemfile"],
  ["PHP", "composer.json"],
  ["Rust", "Cargo.toml"],
];

/** Asks which language is meant: that of the active editor first, then those the workspace shows to have, then the others. */
export async function pickLanguage(title: string): Promise<ProgramLanguage | undefined> {
  const active = ofEditor.get(vscode.window.activeTextEditor?.document.languageId ?? "");
  const seen = await languagesOfWorkspace();
  const rank = (language: ProgramLanguage) => (language === active ? 0 : seen.has(language) ? 1 : 2);
  const items = [...programLanguages]
    .sort((a, b) => rank(a) - rank(b))
    .map((language) => ({
      label: language,
      description: ["the active editor", "in this workspace", ""][rank(language)],
    }));
  return (await vscode.window.showQuickPick(items, { title, placeHolder: "The language of the program" }))
    ?.label;
}

async function languagesOfWorkspace(): Promise<ReadonlySet<ProgramLanguage>> {
  const excluded = "**/{node_modules,vendor,.venv,venv,target,bin,obj}/**";
  const found = await Promise.all(
    marks.map(async ([language, name]) => {
      const files = await vscode.workspace.findFiles(`{${name},*/${name},*/*/${name}}`, excluded, 1);
      return files.length > 0 ? [language] : [];
    }),
  );
  return new Set(found.flat());
}
