// SPDX-License-Identifier: Apache-2.0

/// Where a relationship's consent stands, at a point in time.
///
/// ```
/// (none) --terms--> offered --grant--> granted --acknowledge--> in force --withdraw(all)|end--> ended
///                                         |                        |--until passed--> expired
///                                         '--14 days without acknowledge--> lapsed       |
///                                    in force <--renew + acknowledge---------------------'
/// ```
public enum ConsentPhase: String, CaseIterable, Hashable, Sendable {
  /// There are terms and no grant.
  case offered
  /// The client has signed; nothing is in force before the counter-signature.
  case granted
  case inForce
  /// Its time has passed; `renew` and an acknowledgement bring it back.
  case expired
  /// Not counter-signed within 14 days: final.
  case lapsed
  /// Withdrawn as a whole, or ended: final.
  case ended
}
