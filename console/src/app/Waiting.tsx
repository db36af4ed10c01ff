import { useEffect, useState } from "react";
import { Loader } from "@mantine/core";
import classes from "./Waiting.module.css";

/** A whole page that is not there yet; shows nothing for the first moment, so that nothing flickers. */
export function Waiting() {
  const late = useLate(300);
  return <div className={classes.waiting} aria-busy="true">{late && <Loader type="dots" color="gray" />}</div>;
}

/** False at first, true after `after` milliseconds. */
export function useLate(after: number): boolean {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), after);
    return () => clearTimeout(timer);
  }, [after]);
  return late;
}
