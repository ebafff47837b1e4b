import * as vscode from "vscode";

/**
 * Whether the person has pinned a page's tab. VS Code does not say which tab is whose: one on screen is the tab in front of its
 * group, and one behind is taken to be pinned when all of its kind with its title are.
 */
export function isPinned({ viewColumn, viewType, visible, title }: vscode.WebviewPanel): boolean {
  const group = vscode.window.tabGroups.all.find((one) => one.viewColumn === viewColumn);
  if (group === undefined) return false;
  if (visible) return group.activeTab?.isPinned === true;
  const alike = group.tabs.filter(
    ({ label, input }) =>
      label === title && input instanceof vscode.TabInputWebview && input.viewType.endsWith(viewType),
  );
  return alike.length > 0 && alike.every((tab) => tab.isPinned);
}
