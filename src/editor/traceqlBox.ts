import * as vscode from "vscode";
import { plainLabel } from "./plainLabel.ts";
import { oneLine } from "./traceqlScan.ts";
import { blocking, placeText, syntaxProblems } from "./traceqlSyntax.ts";

const historyButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("history"),
  tooltip: "Past queries",
};
const editorButton: vscode.QuickInputButton = {
  iconPath: new vscode.ThemeIcon("edit"),
  tooltip: "Edit TraceQL in an editor, with completion",
};

/**
 * Asks for a TraceQL query. What is wrong with it stands in the box, with its place, and keeps it from being taken. "" for
 * none, "edit" when an editor is wanted, undefined when the box was closed.
 */
export async function askTraceql(
  active: string,
  past: readonly string[],
): Promise<string | "edit" | undefined> {
  let text = oneLine(active);
  for (;;) {
    const answer = await askOnce(text, past.length > 0);
    if (answer !== "past") return answer === "edit" ? "edit" : answer?.text;
    const picked = await vscode.window.showQuickPick(
      past.map((value) => ({ label: plainLabel(oneLine(value)), value })),
      { title: "Past TraceQL queries" },
    );
    text = picked === undefined ? text : oneLine(picked.value);
  }
}

function askOnce(
  value: string,
  hasPast: boolean,
): Promise<{ readonly text: string } | "past" | "edit" | undefined> {
  const box = vscode.window.createInputBox();
  box.title = "TraceQL";
  box.prompt =
    'Enter takes the query. Example: { resource.service.name = "cart" && duration > 1s }; empty for none';
  box.value = value;
  box.buttons = hasPast ? [historyButton, editorButton] : [editorButton];
  let checks = 0;
  const check = async (): Promise<boolean> => {
    const mine = ++checks;
    const text = box.value;
    const problems = text.trim() === "" ? [] : await syntaxProblems(text);
    if (mine !== checks) return false;
    const worst = blocking(problems);
    const [shown] = worst === undefined ? problems : [worst];
    const severity = vscode.InputBoxValidationSeverity[worst === undefined ? "Warning" : "Error"];
    box.validationMessage =
      shown === undefined ? undefined : { message: plainLabel(placeText(text, shown)), severity };
    return worst === undefined;
  };
  return new Promise((resolve) => {
    const leave = (answer: { readonly text: string } | "past" | "edit" | undefined) => {
      resolve(answer);
      box.hide();
    };
    box.onDidChangeValue(() => void check());
    box.onDidTriggerButton((button) => leave(button === historyButton ? "past" : "edit"));
    box.onDidAccept(async () => {
      const text = box.value;
      if (!(await check())) {
        const worst = blocking(await syntaxProblems(text));
        if (worst !== undefined && box.value === text)
          box.valueSelection = [worst.from, Math.max(worst.from, worst.to)];
        return;
      }
      leave({ text: text.trim() });
    });
    box.onDidHide(() => {
      resolve(undefined);
      box.dispose();
    });
    box.show();
    void check();
  });
}
