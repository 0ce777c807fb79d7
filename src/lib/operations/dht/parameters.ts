/** Peers that a record is stored with, k (kad-dht spec, "System parameters"). */
export const replication = 20

/** Requests that are under way at once, alpha (kad-dht spec, "System parameters"). */
export const concurrency = 10
