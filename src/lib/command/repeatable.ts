/** A flag that is given several times, or once with commas between its values; it takes no argument that follows. */
export const repeatable = { multiple: true, multipleNonGreedy: true, delimiter: ',' } as const
