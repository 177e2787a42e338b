import type { PublicTable } from "./publicTables.ts";

/** Where the exported state was read. */
export type ExportFacts = {
  readonly chainId: number;
  readonly block: number;
  readonly hash: string;
};

/**
 * What accompanies an export: title, description, columns and units of every table. `name`: of the database file without
 * its ending. Source: Datasette's metadata format.
 */
export function describeExport(name: string, tables: readonly PublicTable[], { chainId, block, hash }: ExportFacts) {
  return {
    title: "Coindrop",
    description: `Contests of small open models, as chain ${chainId} had them after block ${block} (${hash}). All of it can be recounted from the chain.`,
    license: "CC0-1.0",
    license_url: "https://creativecommons.org/publicdomain/zero/1.0/",
    databases: {
      [name]: {
        tables: Object.fromEntries(
          tables.map(({ table, title, words, columns }) => [
            table.name,
            {
              title,
              description: words,
              columns: Object.fromEntries(Object.entries(columns).map(([column, said]) => [column, said.words])),
              units: Object.fromEntries(
                Object.entries(columns).flatMap(([column, { unit }]) => (unit === undefined ? [] : [[column, unit]])),
              ),
            },
          ]),
        ),
      },
    },
  };
}
