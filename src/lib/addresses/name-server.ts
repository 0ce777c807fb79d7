import { lookup, Resolver } from 'node:dns/promises'
import { until } from '../errors/deadline.ts'

/** Looks names up. Errors are Node's own, with a `code` such as `ENOTFOUND`. */
export interface NameServer {
  /** IP addresses of a host name, of one family or of both (0) */
  hosts(name: string, family: 0 | 4 | 6, signal: AbortSignal): Promise<string[]>
  /** the TXT records of a name, each joined to one string */
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
  const resolver = (signal: AbortSignal): Resolver => {
    const made = new Resolver({ timeout: 5000, tries: 2 })
    if (servers.length > 0) made.setServers(servers)
    signal.addEventListener('abort', () => made.cancel(), { once: true })
    return made
  }

  return {
    async hosts(name, family, signal) {
      if (servers.length === 0) {
        const found = await until(lookup(name, { all: true, family }), signal)
        return found.map((host) => host.address)
      }
      const dns = resolver(signal)
      const wanted = family === 0 ? ([4, 6] as const) : ([family] as const)
      const results = await Promise.allSettled(
        wanted.map((version) => until(version === 4 ? dns.resolve4(name) : dns.resolve6(name), signal)),
      )
      const found = results.flatMap((result) => (result.status === 'fulfilled' ? result.value : []))
      const failed = results.find((result) => result.status === 'rejected')
      if (found.length === 0 && failed !== undefined) throw failed.reason
      return found
    },
    async texts(name, signal) {
      const records = await until(resolver(signal).resolveTxt(name), signal)
      return records.map((chunks) => chunks.join(''))
    },
  }
}
