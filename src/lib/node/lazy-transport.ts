import { start, stop, type Transport, transportSymbol } from '@libp2p/interface'
import { type TransportName, transportOf } from '../addresses/transport-of.ts'
import type { Components } from './modules.ts'
import { upgradeOf } from './upgrade/upgrade.ts'

/**
 * A transport for dialling whose module is loaded at its first dial: most commands use one
 * transport out of all that are allowed.
 *
 * @param name - the transport's name, which also decides on the addresses it takes
 * @param load - loads the module
 * @returns a transport factory
 */
export function lazyTransport(
  name: TransportName,
  load: () => Promise<(components: Components) => Transport>,
): (components: Components) => Transport {
  return (components) => {
    let loading: Promise<Transport> | undefined
    const loaded = async () => {
      const transport = (await load())(components)
      await start(transport)
      return transport
    }

    const lazy: Transport & { stop(): Promise<void> } = {
      [Symbol.toStringTag]: name,
      [transportSymbol]: true,
      async dial(address, options) {
        loading ??= loaded()
        const transport = await (upgradeOf(options)?.measured.load(loading) ?? loading)
        return transport.dial(address, options)
      },
      createListener() {
        throw new Error(`the ${name} transport was opened for dialling only`)
      },
      listenFilter: () => [],
      dialFilter: (addresses) => addresses.filter((address) => transportOf(address) === name),
      async stop() {
        if (loading !== undefined) await stop(await loading)
      },
    }
    return lazy
  }
}
