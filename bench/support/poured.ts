/** What a poured chunk says: the size of a usual model delta. */
export const POURED = "the next few words ";
