import type {
  ConnectionEncrypter,
  ConnectionProtector,
  MessageStream,
  SecureConnectionOptions,
} from '@libp2p/interface'
import { type PeerId, serviceCapabilities, UnexpectedPeerError } from '@libp2p/interface'
import type { Components, SecurityModule } from '../modules.ts'
import { keepSecured, upgradeOf } from './upgrade.ts'

/**
 * Decorates a security module: it is loaded at its first handshake, and each handshake is noted in
 * the upgrade it belongs to, with the error kept whole.
 *
 * @param module - the module
 * @returns a factory of the decorated module
 */
export function watchSecurity(module: SecurityModule): (components: Components) => ConnectionEncrypter {
  return (components) => {
    let loading: Promise<ConnectionEncrypter> | undefined
    const secure =
      (direction: 'secureInbound' | 'secureOutbound') =>
      async (connection: MessageStream, options?: SecureConnectionOptions) => {
        const upgrade = upgradeOf(options)
        const tap = upgrade?.tap
        const { protocol } = module
        const startedAt = performance.now()
        if (upgrade !== undefined) upgrade.phase = 'securing'
        tap?.observe({ layer: 'security', type: 'handshake-started', detail: { protocol } })
        try {
          loading ??= module.load().then((create) => create(components))
          const inner = await (upgrade?.measured.load(loading) ?? loading)
          const secured = await inner[direction](
            connection,
            module.namesWrongPeer ? options : { ...options, remotePeer: undefined },
          )
          expectPeer(secured.remotePeer, options?.remotePeer)
          if (upgrade !== undefined) {
            upgrade.peer = secured.remotePeer.toString()
            upgrade.earlyMuxer = secured.streamMuxer !== undefined
            if (upgrade.direction === 'outbound') upgrade.measured.countSecured(secured.connection)
            keepSecured(secured.connection, upgrade)
            tap?.secured(secured, protocol, performance.now() - startedAt)
          }
          return secured
        } catch (error) {
          if (upgrade !== undefined) upgrade.failure = error
          throw error
        }
      }

    return {
      [serviceCapabilities]: ['@libp2p/connection-encryption'],
      protocol: module.protocol,
      secureInbound: secure('secureInbound'),
      secureOutbound: secure('secureOutbound'),
    }
  }
}

/** TLS and plaintext have named this side by then as it is: checking afterwards gives nothing away. */
function expectPeer(actual: PeerId, expected: PeerId | undefined): void {
  if (expected === undefined || actual.equals(expected)) return
  throw new UnexpectedPeerError(`expected peer ${expected}, the other side is ${actual}`)
}

/**
 * Decorates the protector of a private network: what is read after the nonces tells whether both
 * sides have the same key.
 *
 * @param create - the protector's factory
 * @returns a factory of the decorated protector
 */
export function watchProtector<C>(
  create: (components: C) => ConnectionProtector,
): (components: C) => ConnectionProtector {
  return (components) => {
    const inner = create(components)
    return {
      async protect(connection, options) {
        const upgrade = upgradeOf(options)
        if (upgrade !== undefined) upgrade.phase = 'protecting'
        const startedAt = performance.now()
        const shielded = await inner.protect(connection, options)
        upgrade?.watch(shielded, 'multistream')
        upgrade?.tap?.protected(shielded, performance.now() - startedAt)
        return shielded
      },
    }
  }
}
