/**
 * Goes up when the fold changes, or its tables in a way that rows of before do not fit: all is read anew beside what the
 * version before made. What fits as it is, is a migration (migrations.ts).
 */
export const PROJECTION_VERSION = 4;
