/** Strokes on a 20 grid, 1.6 wide, round ends. */
const paths = {
  chat: "M3 4h14v9H9.5L6 16v-3H3Z",
  coin: "M14 6a4 4 0 1 1-8 0 4 4 0 0 1 8 0ZM11 6a1 1 0 1 1-2 0 1 1 0 0 1 2 0ZM3 14.5h14M5.5 17.5h9",
  back: "M7 5 3 9l4 4M3.5 9H12a4.5 4.5 0 0 1 0 9H9",
  move: "M3 7h12l-3-3M17 13H5l3 3",
  search: "M14.5 9a5.5 5.5 0 1 1-11 0 5.5 5.5 0 0 1 11 0ZM13.2 13.2l4 4",
  shuffle:
    "M3 6h3c5 0 4 8 9 8h2m-2-2.5 2.5 2.5-2.5 2.5M3 14h3c1.5 0 2.5-.8 3-1.8M11 7.8c.6-1 1.5-1.8 3-1.8h3m-2-2.5L17.5 6 15 8.5",
  copy: "M8.5 7H15a1.5 1.5 0 0 1 1.5 1.5V15a1.5 1.5 0 0 1-1.5 1.5H8.5A1.5 1.5 0 0 1 7 15V8.5A1.5 1.5 0 0 1 8.5 7ZM13 7V3.5H3.5V13H7",
  up: "M10 16V4M5 9l5-5 5 5",
  stop: "M5.5 5.5h9v9h-9Z",
  retry: "M16 5v4h-4M15.5 9A6 6 0 1 0 16 12.5",
  close: "m5 5 10 10M15 5 5 15",
  warn: "M10 3 18 17H2ZM10 8.2v4M10 14.6v.1",
  tick: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0ZM6.5 10.2 9 12.7l4.5-5",
  cross: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0ZM10 5.8v5M10 13.8v.2",
  board: "M3.5 3.5h5v5h-5ZM11.5 3.5h5v5h-5ZM3.5 11.5h5v5h-5ZM11.5 11.5h5v5h-5Z",
  recount: "M4 3v14M7.5 3v14M11 3v14M14.5 3v14M2 14 17 6",
  more: "M4.5 10v.1M10 10v.1M15.5 10v.1",
  sun: "M13.5 10a3.5 3.5 0 1 1-7 0 3.5 3.5 0 0 1 7 0ZM10 2v2M10 16v2M2 10h2M16 10h2M4.3 4.3l1.5 1.5M14.2 14.2l1.5 1.5M15.7 4.3l-1.5 1.5M5.8 14.2l-1.5 1.5",
  moon: "M12.5 3.2A7 7 0 1 0 16.8 12.6 5.8 5.8 0 0 1 12.5 3.2Z",
  screen: "M3 4h14v9.5H3ZM7 17h6M10 13.5V17",
  prize: "M6 3.5h8v4a4 4 0 0 1-8 0ZM6 5H3.5c0 2.5 1 4 2.8 4M14 5h2.5c0 2.5-1 4-2.8 4M10 11.5V15M6.5 17h7",
  clock: "M17.5 10a7.5 7.5 0 1 1-15 0 7.5 7.5 0 0 1 15 0ZM10 5.5V10l3 2",
  file: "M5 2.5h7l3.5 3.5v11.5H5ZM12 2.5V6h3.5",
} as const;

export type IconName = keyof typeof paths;

/** A line icon beside a word; never alone without a label on its button. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
      <path d={paths[name]} />
    </svg>
  );
}
