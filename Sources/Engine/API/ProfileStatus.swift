// SPDX-License-Identifier: Apache-2.0

public import Consent

/// One screen: who this is, who there is, what waits.
public struct ProfileStatus: Sendable {
  public let role: ConsentRole
  public let name: String
  public let device: String
  public let relay: String?
  public let people: [Person]
  /// The next commands worth running, most urgent first.
  public let next: [NextCommand]
}
