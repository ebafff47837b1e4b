/** The colours a canvas needs, as the editor's theme has them now. */
export interface Theme {
  readonly kind: "light" | "dark" | "contrastDark" | "contrastLight";
  readonly background: string;
  readonly foreground: string;
  readonly muted: string;
  readonly grid: string;
  readonly error: string;
  readonly warning: string;
  readonly accent: string;
  readonly border: string;
  readonly font: string;
}

const fallback = {
  light: {
    background: "#ffffff",
    foreground: "#3b3b3b",
    muted: "#6f6f6f",
    grid: "#0000001a",
    error: "#c72e0f",
    warning: "#8a6100",
    accent: "#005fb8",
  },
  dark: {
    background: "#1f1f1f",
    foreground: "#cccccc",
    muted: "#9d9d9d",
    grid: "#ffffff1a",
    error: "#f88070",
    warning: "#cca700",
    accent: "#2b9af3",
  },
};

/** Reads the theme from the variables and body classes that VS Code sets. */
export function readTheme(): Theme {
  const classes = document.body.classList;
  const contrast = classes.contains("vscode-high-contrast") || classes.contains("vscode-high-contrast-light");
  const light = classes.contains("vscode-light") || classes.contains("vscode-high-contrast-light");
  const style = getComputedStyle(document.documentElement);
  const otherwise = light ? fallback.light : fallback.dark;
  const read = (name: string, value: string) => style.getPropertyValue(`--vscode-${name}`).trim() || value;
  const foreground = read("editor-foreground", read("foreground", otherwise.foreground));
  return {
    kind: contrast ? (light ? "contrastLight" : "contrastDark") : light ? "light" : "dark",
    background: read("editor-background", otherwise.background),
    foreground,
    muted: contrast ? foreground : read("descriptionForeground", otherwise.muted),
    grid: contrast ? `${foreground.slice(0, 7)}40` : otherwise.grid,
    error: read("errorForeground", otherwise.error),
    warning: read("editorWarning-foreground", otherwise.warning),
    accent: read("focusBorder", otherwise.accent),
    border: contrast ? read("contrastBorder", foreground) : "transparent",
    font: read("font-family", "system-ui, sans-serif"),
  };
}

/** Calls `listener` when the editor's theme changes; what it returns ends the watch. */
export function watchTheme(listener: () => void): () => void {
  const observer = new MutationObserver(listener);
  observer.observe(document.body, { attributes: true, attributeFilter: ["class", "data-vscode-theme-id"] });
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ["style", "class"] });
  return () => observer.disconnect();
}
