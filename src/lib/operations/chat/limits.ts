/** The window that requests are counted in, in milliseconds. */
export const windowMs = 5000
/** Requests of one author that are taken within a window: twice of what this chat sends itself. */
export const mostOfAuthor = 100
/** How many requests this chat sends within a window, at most. */
export const mostSent = mostOfAuthor / 2
/** Requests that one peer may hand over within a window: a neighbour passes on what others say, and anybody can make up authors. */
export const mostHandedOver = 5 * mostOfAuthor
/** The window that comings and goings are counted in, in milliseconds. */
export const comingsWindowMs = 60_000
/** Comings and goings of one peer that are told within a window. */
export const mostComings = 10
