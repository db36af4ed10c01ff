/** Which steps of the tour were gone to, in this browser. */
import { useLocalStorage } from "@mantine/hooks";

export function useVisited(madeAt: string): [visited: number[], visit: (step: number) => void] {
  const [all, setAll] = useLocalStorage<Record<string, number[]>>({ key: "segue-tour", defaultValue: {}, getInitialValueInEffect: false });
  const visited = all[madeAt] ?? [];
  return [visited, (step) => setAll({ [madeAt]: [...new Set([...visited, step])].sort() })];
}
