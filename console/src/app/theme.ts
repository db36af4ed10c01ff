/** The look: warm paper and ink, one pine accent, density for data. Colours live in tokens.css. */
import { createTheme, Loader, Menu, Modal, Paper, Table, Tooltip } from "@mantine/core";
import type { CSSVariablesResolver, MantineColorsTuple } from "@mantine/core";

const pine: MantineColorsTuple = [
  "#eaf5f2", "#d3e9e3", "#a9d5ca", "#7cc0b0", "#55ad99", "#35998a", "#1c8274", "#0b6b5d", "#08574c", "#05423a",
];
const stone: MantineColorsTuple = [
  "#faf9f7", "#f3f1ed", "#e8e5df", "#d9d5cd", "#bbb6ac", "#969086", "#6f6a61", "#57534c", "#3a3733", "#201e1c",
];
const coal: MantineColorsTuple = [
  "#e9e7e3", "#c6c3bd", "#a3a09a", "#7d7a75", "#3c3a37", "#2b2927", "#211f1e", "#1c1b19", "#161514", "#100f0e",
];
const brick: MantineColorsTuple = [
  "#fdf0ee", "#f9dcd8", "#f0b8b0", "#e69185", "#dc6e5f", "#cf5243", "#bf3d2f", "#a83226", "#8a281e", "#681d15",
];
const amber: MantineColorsTuple = [
  "#fdf6e7", "#f9e8c5", "#f2d28d", "#eabb55", "#e0a52c", "#c98d17", "#a8730d", "#875b08", "#6a4706", "#4d3304",
];

const SANS =
  '-apple-system, BlinkMacSystemFont, "Segoe UI Variable Text", "Segoe UI", Inter, Roboto, "Noto Sans", "Liberation Sans", system-ui, sans-serif';
const MONO = 'ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", "Liberation Mono", Menlo, Consolas, monospace';

export const theme = createTheme({
  colors: { pine, gray: stone, dark: coal, red: brick, yellow: amber },
  primaryColor: "pine",
  // white on either is 4.5:1 or more
  primaryShade: { light: 7, dark: 6 },
  fontFamily: SANS,
  fontFamilyMonospace: MONO,
  defaultRadius: "md",
  cursorType: "pointer",
  respectReducedMotion: true,
  focusRing: "auto",
  fontSizes: { xs: "0.75rem", sm: "0.8125rem", md: "0.875rem", lg: "1rem", xl: "1.25rem" },
  lineHeights: { xs: "1.4", sm: "1.45", md: "1.5", lg: "1.5", xl: "1.35" },
  radius: { xs: "3px", sm: "5px", md: "7px", lg: "10px", xl: "16px" },
  headings: {
    fontFamily: SANS,
    fontWeight: "620",
    sizes: {
      h1: { fontSize: "1.4375rem", lineHeight: "1.25" },
      h2: { fontSize: "1.0625rem", lineHeight: "1.35" },
      h3: { fontSize: "0.9375rem", lineHeight: "1.4" },
    },
  },
  shadows: {
    xs: "0 1px 2px rgb(32 30 28 / 0.05)",
    sm: "0 1px 3px rgb(32 30 28 / 0.08), 0 1px 2px rgb(32 30 28 / 0.04)",
    md: "0 6px 20px rgb(32 30 28 / 0.10), 0 1px 3px rgb(32 30 28 / 0.06)",
    lg: "0 14px 40px rgb(32 30 28 / 0.14), 0 2px 6px rgb(32 30 28 / 0.06)",
    xl: "0 24px 64px rgb(32 30 28 / 0.18)",
  },
  components: {
    Loader: Loader.extend({ defaultProps: { type: "dots" } }),
    // its placeholder is no item, and a menu may hold items only
    Menu: Menu.extend({ defaultProps: { withInitialFocusPlaceholder: false } }),
    Modal: Modal.extend({ defaultProps: { centered: true, radius: "lg", overlayProps: { backgroundOpacity: 0.4, blur: 1 } } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: "lg" } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 7, horizontalSpacing: "sm" } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: false, multiline: true, maw: 320, transitionProps: { duration: 100 } } }),
  },
});

const shared = {
  "--mantine-color-body": "var(--segue-canvas)",
  "--mantine-color-text": "var(--segue-ink)",
  "--mantine-color-dimmed": "var(--segue-ink-2)",
  "--mantine-color-placeholder": "var(--segue-ink-3)",
  "--mantine-color-default": "var(--segue-surface)",
  "--mantine-color-default-hover": "var(--segue-hover)",
  "--mantine-color-default-border": "var(--segue-line)",
  "--mantine-color-default-color": "var(--segue-ink)",
  "--mantine-color-anchor": "var(--segue-accent)",
  "--mantine-color-error": "var(--segue-wrong)",
};

/** The quiet variants of a colour: its soft ground, its ink. */
const soft = (color: string, ground: string, ink: string) => ({
  [`--mantine-color-${color}-light`]: ground,
  [`--mantine-color-${color}-light-hover`]: `color-mix(in srgb, ${ground} 88%, ${ink})`,
  [`--mantine-color-${color}-light-color`]: ink,
  [`--mantine-color-${color}-outline`]: ink,
  [`--mantine-color-${color}-text`]: ink,
});
const ours = {
  ...shared,
  ...soft("pine", "var(--segue-accent-soft)", "var(--segue-accent)"),
  ...soft("red", "var(--segue-wrong-soft)", "var(--segue-wrong)"),
  ...soft("yellow", "var(--segue-watch-soft)", "var(--segue-watch)"),
  ...soft("gray", "var(--segue-sunken)", "var(--segue-ink-2)"),
};

/** Mantine's own colours, told in ours. */
export const resolver: CSSVariablesResolver = () => ({ variables: {}, light: ours, dark: ours });
