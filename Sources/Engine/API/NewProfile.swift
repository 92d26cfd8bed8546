// SPDX-License-Identifier: Apache-2.0

public import Consent

/// What `init` asks for.
public struct NewProfile: Sendable {
  public var role: ConsentRole
  /// How clients see the therapist; for a client only a name for this device.
  public var name: String
  /// The address of the relay on which a therapist makes channels; a client learns it from the
  /// invitation.
  public var relay: String?
  /// A name for this installation.
  public var device: String
  /// Who offers, for a therapist: goes into the terms of every invitation. Its name is that of the
  /// profile.
  public var practice: Terms.Practice?
  /// The language of the form that invitations offer unless they bring their own.
  public var language: FormTemplate.Language

  public init(
    role: ConsentRole, name: String, relay: String? = nil, device: String = "desk",
    practice: Terms.Practice? = nil, language: FormTemplate.Language = .english
  ) {
    self.role = role
    self.name = name
    self.relay = relay
    self.device = device
    self.practice = practice
    self.language = language
  }
}
