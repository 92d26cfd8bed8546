// SPDX-License-Identifier: Apache-2.0

/// Why a text is no address of a relay.
public enum RelayAddressError: Error, Sendable, Hashable {
  case malformed
}
