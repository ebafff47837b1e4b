/** What a page needs of the one who serves it. Everything is text of ours, but all of it is escaped. */
export interface PageParts {
  /** Where the page's own style sheet may come from: `webview.cspSource`, or an origin in tests. */
  readonly cspSource: string;
  /** Fresh for each load. */
  readonly nonce: string;
  readonly scriptUri: string;
  readonly styleUri: string;
  readonly title: string;
  /** JSON that the page keeps as `address` in its state before it has a trace: a tab that is still loading comes back too. */
  readonly address?: string;
}

/**
 * The policy of every page: one script, known by its nonce, one place for style sheets, and nothing else from anywhere.
 * `fast-html` is the one Trusted Types policy that the toolkit of controls makes for its own constant templates; ours
 * needs none. The style nonce is for one empty style element, by which the toolkit finds out what selectors there are.
 */
export function contentSecurityPolicy(cspSource: string, nonce: string): string {
  return [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${cspSource} 'nonce-${nonce}'`,
    "require-trusted-types-for 'script'",
    "trusted-types fast-html",
    "base-uri 'none'",
    "form-action 'none'",
  ].join("; ");
}

/** The document of a page: its policy, its style sheet and its script; the script builds the rest. */
export function pageHtml(parts: PageParts): string {
  const policy = escapeHtml(contentSecurityPolicy(parts.cspSource, parts.nonce));
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta property="csp-nonce" content="${escapeHtml(parts.nonce)}">
<meta name="address" content="${escapeHtml(parts.address ?? "null")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(parts.title)}</title>
<link rel="stylesheet" href="${escapeHtml(parts.styleUri)}">
</head>
<body>
<div id="page"></div>
<script nonce="${escapeHtml(parts.nonce)}" src="${escapeHtml(parts.scriptUri)}"></script>
</body>
</html>
`;
}

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
