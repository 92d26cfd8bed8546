// SPDX-License-Identifier: Apache-2.0

import Primitives

/// The resumption secret of an epoch, RFC 9420 section 8.6.
struct ResumptionSecret: Sendable {
  let epoch: Epoch
  let secret: SharedSecret
}
