import { describe, expect, test } from "vitest";
import { createPieceBoard } from "../../../inference-node/models/pieceBoard.ts";

describe("the board of pieces", () => {
  test("gives the longest free stretch, then halves of what others have still before them", () => {
    const board = createPieceBoard<string>(10, [3]);
    expect(board.claim("one")).toEqual({ next: 4, end: 10 });
    expect(board.take("one", 4)).toBe(true);
    expect(board.claim("two")).toEqual({ next: 0, end: 3 });
    expect(board.take("two", 0)).toBe(true);
    expect(board.claim("three")).toEqual({ next: 7, end: 10 });
    expect(board.endOf("one")).toBe(7);
  });

  test("lets nobody have a piece that another is at, has before it, or has done", () => {
    const board = createPieceBoard<string>(3, [2]);
    board.claim("one");
    expect(board.take("two", 0)).toBe(false);
    expect(board.take("one", 0)).toBe(true);
    expect(board.take("one", 2)).toBe(false);
    expect(board.claim("two")).toEqual({ next: 1, end: 2 });
    expect(board.take("two", 1)).toBe(true);
    expect(board.claim("three")).toBeNull();
    board.release("two");
    expect(board.claim("three")).toEqual({ next: 1, end: 2 });
  });

  test("takes the last piece from a mirror that is at nothing, and never one that it is at", () => {
    const board = createPieceBoard<string>(1, []);
    board.claim("one");
    expect(board.claim("two")).toEqual({ next: 0, end: 1 });
    expect(board.nextOf("one")).toBeNull();
    expect(board.take("two", 0)).toBe(true);
    expect(board.claim("one")).toBeNull();
    board.finish("two", 0);
    expect(board.left()).toBe(0);
  });
});
