// SPDX-License-Identifier: Apache-2.0

public import Consent

/// The consent of one relationship, as now in force on this device.
public struct ConsentView: Sendable {
  public let person: Person
  /// The ledger, every line verified.
  public let ledger: Ledger
  /// The state at the clock's time, with what this device has signed and not yet landed counted in.
  public let state: ConsentState
  /// What may be sent now.
  public let permitted: Set<Scope>
  /// An own line that is signed but not yet in the ledger.
  public let pending: LineKind?
}
