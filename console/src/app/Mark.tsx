import classes from "./Mark.module.css";

/** The name: one stroke that goes over without a seam. */
export function Mark({ size = 26, bare }: { size?: number; bare?: boolean }) {
  return (
    <span className={classes.mark}>
      <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden>
        <rect width="32" height="32" rx="9" fill="var(--segue-accent)" />
        <path
          d="M22.5 10.5C21 8.6 18.7 7.5 16 7.5c-3.6 0-6 1.8-6 4.4 0 5.9 12 2.3 12 8.2 0 2.6-2.4 4.4-6 4.4-2.7 0-5-1.1-6.5-3"
          fill="none" stroke="var(--segue-on-accent)" strokeWidth="3" strokeLinecap="round"
        />
      </svg>
      {!bare && <span className={classes.word}>Segue</span>}
    </span>
  );
}
