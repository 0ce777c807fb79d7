import { lookup, Resolver } from 'node:dns/promises'
import { until } from '../errors/deadline.ts'

/** An IP address that a host name leads to. */
export interface HostAnswer {
  ip: string
  /** how long the answer holds, in milliseconds; the system does not say */
  ttlMs?: number
}

/** Looks names up. Errors are Node's own, with a `code` such as `ENOTFOUND`. */
export interface NameServer {
  /** IP addresses of a host name, of one family or of both (0) */
  hosts(name: string, family: 0 | 4 | 6, signal: AbortSignal): Promise<HostAnswer[]>
  /** the TXT records of a name, each joined to one string; Node does not tell how long they hold */
  texts(name: string, signal: AbortSignal): Promise<string[]>
}

/**
 * Makes the name server of a node. Without servers of its own, host names go through the system
 * (hosts file included) and TXT records to the system's servers.
 *
 * @param servers - `IP`, `IP:PORT` or `[IP6]:PORT`, asked in order
 * @returns a name server
 * @throws TypeError with code ERR_INVALID_IP_ADDRESS for a server that is not an IP address
 */
export function nameServer(servers: string[]): NameServer {
  const ask = async <T>(signal: AbortSignal, question: (resolver: Resolver) => Promise<T>): Promise<T> => {
    const resolver = new Resolver({ timeout: 5000, tries: 2 })
    if (servers.length > 0) resolver.setServers(servers)
    const cancel = () => resolver.cancel()
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await until(question(resolver), signal)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  return {
    async hosts(name, family, signal) {
      if (servers.length === 0) {
        const found = await until(lookup(name, { all: true, family }), signal)
        return found.map((host) => ({ ip: host.address }))
      }
      const wanted = family === 0 ? ([4, 6] as const) : ([family] as const)
      const results = await Promise.allSettled(
        wanted.map((version) =>
          ask(signal, (dns) => (version === 4 ? dns.resolve4(name, { ttl: true }) : dns.resolve6(name, { ttl: true }))),
        ),
      )
      const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      const failed = results.find((result) => result.status === 'rejected')
      if (found.length === 0 && failed !== undefined) throw failed.reason
      return found.map(({ address, ttl }) => ({ ip: address, ttlMs: ttl * 1000 }))
    },
    async texts(name, signal) {
      const records = await ask(signal, (dns) => dns.resolveTxt(name))
      return records.map((chunks) => chunks.join(''))
    },
  }
}
