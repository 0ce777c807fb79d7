import type { NameServer } from '../addresses/name-server.ts'
import { codeOf, messageOf } from '../errors/causes.ts'
import type { Inspector } from '../inspect/inspector.ts'

/** A zone may hold any number of records. */
const mostShown = 64

/**
 * Shows what is asked of a name server, and what it answers.
 *
 * @param names - a name server
 * @param inspector - receives the events
 * @returns a name server
 */
export function inspectedNames(names: NameServer, inspector: Inspector): NameServer {
  const shown = async <T>(name: string, asked: Promise<T[]>, textOf: (answer: T) => string): Promise<T[]> => {
    const startedAt = performance.now()
    try {
      const found = await asked
      const detail = { name, found: found.slice(0, mostShown).map(textOf), elapsedMs: performance.now() - startedAt }
      inspector.observe({ layer: 'address', type: 'name-resolved', detail })
      return found
    } catch (error) {
      const detail = { name, code: codeOf(error) ?? '', message: messageOf(error) }
      inspector.observe({ layer: 'address', type: 'name-failed', detail })
      throw error
    }
  }
  return {
    hosts: (name, family, signal) => shown(name, names.hosts(name, family, signal), ({ ip }) => ip),
    texts: (name, signal) => shown(name, names.texts(name, signal), (text) => text),
  }
}
