import type { ProgramLanguage } from "./programLanguage.ts";

/** A way to have a program's spans say the line of code they were started on. */
export interface SourceLineWay {
  readonly label: string;
  /** What it gives, and where it goes. */
  readonly detail: string;
  /** Of the preview: an editor's language id. */
  readonly languageId: string;
  /** The text: a file in media/snippets. */
  readonly file: string;
  /** Whether it can stand at the caret of a file of the language as it is. */
  readonly inserts: boolean;
}

const processor = "A span processor: file, line and function on every span";

/** By language, the best first. Each stands by itself and needs no package beside the SDK. */
export const sourceLineWays: Readonly<Record<ProgramLanguage, readonly SourceLineWay[]>> = {
  "Node.js": [
    {
      label: "Span processor",
      detail: `${processor}. Programs started with tracing from this window need none.`,
      languageId: "javascript",
      inserts: true,
      file: "sourceLines.js",
    },
  ],
  Python: [
    {
      label: "Span processor",
      detail: `${processor}. Programs started with tracing from this window need none.`,
      languageId: "python",
      inserts: true,
      file: "sourceLines.py",
    },
  ],
  Java: [
    {
      label: "Options of the Java agent",
      detail: "The method on controllers and annotated methods; no line. Nothing to compile",
      languageId: "shellscript",
      inserts: false,
      file: "sourceLinesAgent.sh",
    },
    {
      label: "Span processor",
      detail: processor,
      languageId: "java",
      inserts: true,
      file: "SourceLines.java",
    },
  ],
  Go: [
    {
      label: "Span processor",
      detail: processor,
      languageId: "go",
      inserts: false,
      file: "sourceLines.go",
    },
  ],
  ".NET": [
    {
      label: "Activity processor",
      detail: `${processor}. PDB files have to be beside the assemblies`,
      languageId: "csharp",
      inserts: false,
      file: "SourceLines.cs",
    },
  ],
  Ruby: [
    {
      label: "Span processor",
      detail: processor,
      languageId: "ruby",
      inserts: true,
      file: "source_lines.rb",
    },
  ],
  PHP: [
    {
      label: "Span processor",
      detail: processor,
      languageId: "php",
      inserts: false,
      file: "SourceLines.php",
    },
  ],
  Rust: [
    {
      label: "tracing-opentelemetry",
      detail: "Sets file and line by itself unless it was turned off",
      languageId: "rust",
      inserts: false,
      file: "sourceLinesLayer.rs",
    },
    {
      label: "Macro for the OpenTelemetry API",
      detail: "File and line on the spans that are started with it",
      languageId: "rust",
      inserts: true,
      file: "sourceLinesMacro.rs",
    },
  ],
};
