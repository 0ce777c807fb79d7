import type { ConnectionProtector } from '@libp2p/interface'
import type { CompleteSpec } from './spec.ts'
import { watchProtector } from './upgrade/watched-security.ts'

/**
 * The protector of a private network.
 *
 * @param spec - a complete spec
 * @returns a factory, or undefined where the network is public
 */
export async function protectorOf(spec: CompleteSpec): Promise<(() => ConnectionProtector) | undefined> {
  if (spec.preSharedKey === undefined) return undefined
  const { preSharedKey } = await import('@libp2p/pnet')
  // pnet reads the text of a swarm.key, in one of its encodings only
  const text = `/key/swarm/psk/1.0.0/\n/base16/\n${Buffer.from(spec.preSharedKey).toString('hex')}`
  const watched = watchProtector(preSharedKey({ psk: new TextEncoder().encode(text) }))
  return () => watched(undefined)
}
