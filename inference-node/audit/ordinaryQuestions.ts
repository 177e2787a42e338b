/** What people type. Filled in at random, so that no list of questions gives a probe away. */
const forms = [
  "What is {n} plus {n}?",
  "how much is {n} minus {n}",
  "which number is bigger, {n} or {n}?",
  "Tell me a short story about a {thing} and a {thing}.",
  "write a haiku about the {thing}",
  "Tell {name} something nice about {time}.",
  "{name} has {n} sweets and gives away {n}. How many are left?",
  "Why does the {thing} make {name} happy?",
  "Explain in one sentence what a {thing} is good for.",
  "good {time}, I am {name}. Who are you?",
  "Is it a good idea to sell my {thing} this {time}?",
  "The {thing} is broken. Who pays for it, {name} or I?",
  "what should I cook {time} with {n} eggs and a {thing}",
  "Can the landlord raise the rent by {n} euros this {time}?",
  "prices fell {n} percent after the {time} report, {name} said",
] as const;
const words = {
  thing: "rabbit,lantern,river,bicycle,winter garden,old piano,moon,kitchen table,sailing boat,letter,apple tree".split(
    ",",
  ),
  name: "Lisa,Tom,Amina,Jürgen,Mei,grandmother,Paulo,the neighbour,Sofia,my boss".split(","),
  time: "morning,evening,night,autumn,Sunday,weekend,spring,summer".split(","),
} as const;

/** An ordinary question. `random(n)`: a whole number from 0 to n - 1. */
export function ordinaryQuestion(random: (below: number) => number): string {
  const one = (list: readonly string[]): string => list[random(list.length)] ?? "";
  return one(forms).replace(/\{(n|thing|name|time)\}/g, (_match, kind: "n" | keyof typeof words) =>
    kind === "n" ? String(random(100)) : one(words[kind]),
  );
}
