// Where one is in a list that is read page by page, as its address says.

interface Cursors {
  after?: string;
  before?: string;
}

export const PAGE_SIZE = 50;

/** The arguments of a connection: the page after a cursor, or the one before it. */
export function pageArguments({ after, before }: Cursors) {
  return before === undefined
    ? { first: PAGE_SIZE, after: after ?? null, last: null, before: null }
    : { first: null, after: null, last: PAGE_SIZE, before };
}

interface PageInfo {
  hasNextPage: boolean;
  hasPreviousPage: boolean;
  startCursor: string | null;
  endCursor: string | null;
}

/** The cursors of the pages beside this one; undefined where there is none. */
export function pagesBeside(info: PageInfo): { previous?: Cursors; next?: Cursors } {
  return {
    ...(info.hasPreviousPage &&
      info.startCursor !== null && { previous: { before: info.startCursor } }),
    ...(info.hasNextPage && info.endCursor !== null && { next: { after: info.endCursor } }),
  };
}
