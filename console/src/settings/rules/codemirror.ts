/** The editor's library: loaded when a definition is first edited. */
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { json } from "@codemirror/lang-json";
import { yaml } from "@codemirror/lang-yaml";
import { bracketMatching, HighlightStyle, indentOnInput, indentUnit, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";

export interface Marked {
  line: number | null;
  message: string;
  cure: string | null;
}

export interface Editor {
  /** Put another text in, unless it is the one that stands there. */
  show: (text: string) => void;
  mark: (problems: readonly Marked[]) => void;
  goTo: (line: number) => void;
  destroy: () => void;
}

export interface Options {
  text: string;
  language: "yaml" | "json";
  label: string;
  /** Of the Content-Security-Policy, for the style element that the editor adds. */
  nonce: string;
  onChange: (text: string) => void;
}

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--segue-accent)" },
  { tag: [tags.string, tags.special(tags.string)], color: "var(--segue-info)" },
  { tag: [tags.number, tags.bool, tags.null, tags.keyword], color: "var(--segue-watch)" },
  { tag: tags.comment, color: "var(--segue-ink-2)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.bracket], color: "var(--segue-ink-2)" },
]);

const look = EditorView.theme({
  "&": { color: "var(--segue-ink)", backgroundColor: "var(--segue-surface)", fontSize: "0.8125rem", minHeight: "20rem", maxHeight: "min(36rem, 65vh)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mantine-font-family-monospace)", lineHeight: "1.6" },
  ".cm-content": { caretColor: "var(--segue-ink)", padding: "0.5rem 0" },
  ".cm-cursor": { borderLeftColor: "var(--segue-ink)" },
  ".cm-gutters": { backgroundColor: "var(--segue-sunken)", color: "var(--segue-ink-2)", borderRight: "1px solid var(--segue-line)" },
  ".cm-activeLine": { backgroundColor: "transparent" },
  "&.cm-focused .cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--segue-hover) 70%, transparent)" },
  ".cm-matchingBracket": { backgroundColor: "var(--segue-accent-soft) !important" },
  ".cm-tooltip": { backgroundColor: "var(--segue-surface)", color: "var(--segue-ink)", border: "1px solid var(--segue-line-strong)", borderRadius: "7px", maxWidth: "26rem" },
  ".cm-diagnostic-error": { borderLeftColor: "var(--segue-wrong)" },
});

/** An editor inside `place`. Tab leaves it, as everywhere; Ctrl-] and Ctrl-[ indent. */
export function edit(place: HTMLElement, { text, language, label, nonce, onChange }: Options): Editor {
  const view = new EditorView({
    parent: place,
    state: EditorState.create({
      doc: text,
      extensions: [
        EditorView.cspNonce.of(nonce),
        lineNumbers(),
        lintGutter(),
        history(),
        bracketMatching(),
        indentOnInput(),
        indentUnit.of("  "),
        highlightActiveLine(),
        language === "yaml" ? yaml() : json(),
        syntaxHighlighting(colours),
        EditorView.lineWrapping,
        EditorView.contentAttributes.of({ "aria-label": label, tabindex: "0", spellcheck: "false", autocapitalize: "off" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) onChange(update.state.doc.toString());
        }),
        keymap.of([...defaultKeymap, ...historyKeymap]),
        look,
      ],
    }),
  });
  return {
    show: (next) => {
      if (view.state.doc.toString() !== next) view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    mark: (problems) => {
      const found = problems.map(({ line, message, cure }) => {
        const place = view.state.doc.line(Math.min(Math.max(line ?? 1, 1), view.state.doc.lines));
        return { from: place.from, to: place.to, severity: "error" as const, message: [message, cure].filter(Boolean).join("\n") };
      });
      view.dispatch(setDiagnostics(view.state, found));
    },
    goTo: (line) => {
      const place = view.state.doc.line(Math.min(Math.max(line, 1), view.state.doc.lines));
      view.dispatch({ selection: { anchor: place.from, head: place.to }, effects: EditorView.scrollIntoView(place.from, { y: "center" }) });
      view.focus();
    },
    destroy: () => view.destroy(),
  };
}
