import type { Interfaces } from '@oclif/core'
import { type NameServer, nameServer } from '../addresses/name-server.ts'
import type { Target } from '../addresses/target.ts'
import { ToolkitError } from '../errors/toolkit-error.ts'
import { readBoundedFile } from '../files/read-bounded-file.ts'
import type { Inspector } from '../inspect/inspector.ts'
import { encodePrivateKey } from '../keys/encode.ts'
import { parseSwarmKey } from '../keys/swarm-key.ts'
import type { NodeEvents, NodeSpec, RunningNode } from '../node/node.ts'
import { Inspection } from './inspection.ts'
import { EndOfCommand } from './lifetime.ts'
import { loadIdentity } from './load-identity.ts'
import { networkFlags } from './network-flags.ts'
import { readAuthority } from './tls-files.ts'
import { ToolkitCommand } from './toolkit-command.ts'

/** Largest file of a pre-shared key that is read. */
const maxFileBytes = 64 * 1024

const defaultTimeoutMs = 30_000

/** The parsed flags that every network command has. */
export type NetworkFlags = Interfaces.InferredFlags<(typeof ToolkitCommand)['baseFlags'] & typeof networkFlags>

/** What every network command shares: its flags become a NodeSpec, and that a node. */
export abstract class NetworkCommand extends ToolkitCommand {
  static override baseFlags = { ...ToolkitCommand.baseFlags, ...networkFlags }

  #inspection: Inspection | undefined

  /**
   * Opens the command's node; it stops when the caller's block ends. The stack is loaded only here,
   * so that a mistake in the flags is answered at once.
   */
  protected async openNode(
    flags: NetworkFlags,
    spec: NodeSpec = {},
    events: Partial<NodeEvents> = {},
    beforeStart?: (node: RunningNode) => Promise<void>,
  ): Promise<RunningNode> {
    const { signal } = this.lifetime
    const common = await this.#specOf(flags)
    const complete = { ...common, ...spec, tls: { ...common.tls, ...spec.tls } }
    const inspector = await this.inspector(flags)
    const { openNode } = await import('../node/node.ts')
    const options = { signal, ...(beforeStart && { beforeStart }), ...(inspector && { inspector }) }
    return await openNode(complete, options, events)
  }

  /** What shows the layers of the command's nodes, or of a command without one; undefined when nobody asked. */
  protected async inspector(flags: NetworkFlags): Promise<Inspector | undefined> {
    this.#inspection ??= await Inspection.of(flags, this.sink)
    return this.#inspection?.inspector
  }

  /** The name server of a command that opens no node. */
  protected async nameServer(flags: NetworkFlags): Promise<NameServer> {
    const inspector = await this.inspector(flags)
    const names = nameServer(flags.dns ?? [])
    if (inspector === undefined) return names
    const { inspectedNames } = await import('../node/inspected-names.ts')
    return inspectedNames(names, inspector)
  }

  /** What operations take last. */
  protected contextOf(flags: NetworkFlags): { signal: AbortSignal; timeoutMs: number } {
    return { signal: this.lifetime.signal, timeoutMs: flags.timeout ?? defaultTimeoutMs }
  }

  /**
   * Runs an operation for each target, all at once. With several, the failure of one is printed and
   * the others go on; `label` is then given, for the records.
   */
  protected async forEachTarget(
    targets: Target[],
    run: (target: Target, label: { target?: string }) => Promise<void>,
  ): Promise<void> {
    const [only, ...more] = targets
    if (only !== undefined && more.length === 0) return await run(only, {})
    const each = targets.map(async (target, index) => {
      try {
        await run(target, { target: target.label })
      } catch (error) {
        if (!(error instanceof EndOfCommand))
          await this.failInput(error, target.label, index + 1, { target: target.label })
      }
    })
    await Promise.all(each)
  }

  protected override failed(error: ToolkitError): void {
    this.#inspection?.gaveUp(error)
  }

  protected override async finally(error: Error | undefined): Promise<void> {
    try {
      const failure = this.#inspection?.close()
      if (failure !== undefined) await this.report(failure)
    } finally {
      await super.finally(error)
    }
  }

  async #specOf(flags: NetworkFlags): Promise<NodeSpec> {
    const { transport, security, muxer, psk, key, dns } = flags
    if (psk !== undefined && transport?.includes('quic')) {
      throw new ToolkitError('usage', 'a private network cannot be reached over QUIC', {
        layer: 'transport',
        suggestions: ['leave quic out of --transport'],
      })
    }
    const passphraseFile = flags['key-passphrase-file']
    const identity = key === undefined ? undefined : await loadIdentity(key, passphraseFile, this.lifetime.signal)
    for (const note of identity?.notes ?? []) this.sink.note(note)
    const ca = flags['tls-ca']
    return {
      agentVersion: `${this.config.name}/${this.config.version}`,
      ...(identity && { privateKey: encodePrivateKey(identity.pair) }),
      ...(transport && { transports: distinct(transport) }),
      ...(security && { security: distinct(security) }),
      ...(muxer && { muxers: distinct(muxer) }),
      ...(dns && { nameServers: dns }),
      ...(psk !== undefined && { preSharedKey: parseSwarmKey((await readBoundedFile(psk, maxFileBytes)).bytes) }),
      ...(ca !== undefined && { tls: { ca: await readAuthority(ca) } }),
    }
  }
}

function distinct<T>(list: T[]): T[] {
  return [...new Set(list)]
}
