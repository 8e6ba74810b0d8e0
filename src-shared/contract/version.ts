/** Number of the wire protocol: raised with every change that an older client or engine would misread. */
export const PROTOCOL_VERSION = 1
