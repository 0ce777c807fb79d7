/** https://github.com/libp2p/specs/blob/master/identify/README.md */
export const identifyProtocol = '/ipfs/id/1.0.0'

/** The same message, sent again when something changed. */
export const identifyPushProtocol = '/ipfs/id/push/1.0.0'
