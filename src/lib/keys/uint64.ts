/** The highest number of 64 bits, unsigned: such are sequences and TTLs of IPNS records. */
export const mostUint64 = 2n ** 64n - 1n
