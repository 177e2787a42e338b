import { words } from "../words/words.ts";

/** The slot. `fell`: how many drops were confirmed here; each lets the washer fall once. */
export function Mouth({ fell }: { readonly fell: number }) {
  return (
    <div className="mouth">
      <svg viewBox="0 0 384 100" aria-hidden="true" preserveAspectRatio="xMidYMid meet">
        <defs>
          <clipPath id="mouth-above">
            <rect x="0" y="-80" width="384" height="136" />
          </clipPath>
        </defs>
        <g clipPath="url(#mouth-above)">
          <g key={fell} className={fell > 0 ? "mouth-falls" : undefined}>
            <path
              className="mouth-coin"
              fillRule="evenodd"
              d="M165 41a27 27 0 1 0 54 0a27 27 0 1 0-54 0ZM182.5 41a9.5 9.5 0 1 1 19 0a9.5 9.5 0 1 1-19 0Z"
            />
            <circle className="mouth-mill" cx="192" cy="41" r="22.5" strokeDasharray="1.5 4.39" />
          </g>
        </g>
        <rect className="mouth-lip" x="150" y="56" width="84" height="7" rx="3.5" />
        <g transform="rotate(35 60 50)">
          <circle className="mouth-screw" cx="60" cy="50" r="7" />
          <path className="mouth-screw" d="M53.5 50h13" />
        </g>
        <g transform="rotate(-20 324 50)">
          <circle className="mouth-screw" cx="324" cy="50" r="7" />
          <path className="mouth-screw" d="M317.5 50h13" />
        </g>
        <text x="192" y="84" textAnchor="middle">
          {words.drop.plate}
        </text>
      </svg>
    </div>
  );
}
