/** The mark: a washer going into a slot; also a c, also a d. */
export function Logo() {
  return (
    <svg viewBox="0 0 32 32" aria-hidden="true">
      <path
        className="logo-coin"
        fillRule="evenodd"
        d="M20.5 10.2a10 10 0 1 0 0 17.6ZM16 15.4a3.6 3.6 0 1 1 0 7.2 3.6 3.6 0 0 1 0-7.2Z"
      />
      <rect className="logo-slot" x="22.5" y="2" width="4.5" height="28" rx="2.25" />
    </svg>
  );
}
