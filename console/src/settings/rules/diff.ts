/** What differs between two texts, line by line, and how two changes of one text become one. */

export interface Line {
  kind: "same" | "added" | "removed";
  text: string;
  /** Counted from 1; null where that side has no such line. */
  before: number | null;
  after: number | null;
}

/** Lines `from` to `to` of the text before (counted from 0, `to` excluded) became `lines`. */
interface Hunk {
  from: number;
  to: number;
  lines: string[];
}

const linesOf = (text: string) => (text === "" ? [] : text.replace(/\n$/, "").split("\n"));

/** Every line of both texts, in order: what went stands before what came. */
export function diff(before: string, after: string): Line[] {
  const [a, b] = [linesOf(before), linesOf(after)];
  const told: Line[] = [];
  let [i, j] = [0, 0];
  const same = (until: number) => {
    while (i < until) told.push({ kind: "same", text: a[i]!, before: ++i, after: ++j });
  };
  for (const hunk of hunksOf(a, b)) {
    same(hunk.from);
    while (i < hunk.to) told.push({ kind: "removed", text: a[i]!, before: ++i, after: null });
    for (const text of hunk.lines) told.push({ kind: "added", text, before: null, after: ++j });
  }
  same(a.length);
  return told;
}

/** How many lines came and went. */
export function counted(lines: readonly Line[]): { added: number; removed: number } {
  const of = (kind: Line["kind"]) => lines.filter((line) => line.kind === kind).length;
  return { added: of("added"), removed: of("removed") };
}

/** The changed lines with `around` unchanged ones about them; a number stands for so many left out. */
export function folded(lines: readonly Line[], around = 3): (Line | number)[] {
  const near = lines.map((_, n) => lines.slice(Math.max(0, n - around), n + around + 1).some((line) => line.kind !== "same"));
  const told: (Line | number)[] = [];
  lines.forEach((line, n) => {
    const last = told.at(-1);
    if (near[n]) told.push(line);
    else if (typeof last === "number") told[told.length - 1] = last + 1;
    else told.push(1);
  });
  return told;
}

export interface Merged {
  text: string;
  /** Places where both changed the same lines differently: both stand in the text, between marks. */
  conflicts: number;
}

/** One text of two that were made from `base`. */
export function merge(base: string, mine: string, theirs: string, names: { mine: string; theirs: string }): Merged {
  const a = linesOf(base);
  const [left, right] = [hunksOf(a, linesOf(mine)), hunksOf(a, linesOf(theirs))];
  const told: string[] = [];
  let [at, conflicts] = [0, 0];
  while (left.length || right.length) {
    const { from, to, ours, others } = together(left, right);
    told.push(...a.slice(at, from));
    const [mineHere, theirsHere] = [applied(a, from, to, ours), applied(a, from, to, others)];
    if (!others.length || mineHere.join("\n") === theirsHere.join("\n")) told.push(...mineHere);
    else if (!ours.length) told.push(...theirsHere);
    else {
      conflicts += 1;
      told.push(`<<<<<<< ${names.mine}`, ...mineHere, "=======", ...theirsHere, `>>>>>>> ${names.theirs}`);
    }
    at = to;
  }
  told.push(...a.slice(at));
  return { text: told.length ? `${told.join("\n")}\n` : "", conflicts };
}

/** Takes the next hunks that touch one another from both lists. */
function together(left: Hunk[], right: Hunk[]): { from: number; to: number; ours: Hunk[]; others: Hunk[] } {
  const from = Math.min(left[0]?.from ?? Infinity, right[0]?.from ?? Infinity);
  const [ours, others]: [Hunk[], Hunk[]] = [[], []];
  let [to, grew] = [from, true];
  while (grew) {
    grew = false;
    for (const [list, taken] of [[left, ours], [right, others]] as const) {
      while (list[0] && list[0].from <= to) {
        const hunk = list.shift()!;
        taken.push(hunk);
        to = Math.max(to, hunk.to);
        grew = true;
      }
    }
  }
  return { from, to, ours, others };
}

function applied(base: readonly string[], from: number, to: number, hunks: readonly Hunk[]): string[] {
  const told: string[] = [];
  let at = from;
  for (const hunk of hunks) {
    told.push(...base.slice(at, hunk.from), ...hunk.lines);
    at = hunk.to;
  }
  return [...told, ...base.slice(at, to)];
}

/** The longest common subsequence of what is left between the equal beginnings and ends; files here have hundreds of lines. */
function hunksOf(a: readonly string[], b: readonly string[]): Hunk[] {
  let start = 0;
  while (start < a.length && start < b.length && a[start] === b[start]) start += 1;
  let [i, j] = [a.length, b.length];
  while (i > start && j > start && a[i - 1] === b[j - 1]) [i, j] = [i - 1, j - 1];
  const [m, n] = [i - start, j - start];
  const width = n + 1;
  const longest = new Uint32Array((m + 1) * width);
  for (let x = m - 1; x >= 0; x -= 1) {
    for (let y = n - 1; y >= 0; y -= 1) {
      const here = x * width + y;
      longest[here] = a[start + x] === b[start + y] ? longest[here + width + 1]! + 1 : Math.max(longest[here + width]!, longest[here + 1]!);
    }
  }
  return walked(a, b, start, m, n, longest);
}

function walked(a: readonly string[], b: readonly string[], start: number, m: number, n: number, longest: Uint32Array): Hunk[] {
  const hunks: Hunk[] = [];
  let [x, y] = [0, 0];
  let open: Hunk | null = null;
  while (x < m || y < n) {
    if (x < m && y < n && a[start + x] === b[start + y]) {
      open = null;
      [x, y] = [x + 1, y + 1];
      continue;
    }
    if (open === null) hunks.push((open = { from: start + x, to: start + x, lines: [] }));
    const here = x * (n + 1) + y;
    if (y >= n || (x < m && longest[here + n + 1]! >= longest[here + 1]!)) open.to = start + (x += 1);
    else open.lines.push(b[start + y++]!);
  }
  return hunks;
}
