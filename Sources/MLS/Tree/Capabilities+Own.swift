// SPDX-License-Identifier: Apache-2.0

extension Capabilities {
  /// The lists without the reserved values among them.
  private var withoutGREASE: Capabilities {
    Capabilities(
      versions: versions, cipherSuites: cipherSuites.filter { !$0.isGREASE },
      extensions: extensions.filter { !$0.isGREASE },
      proposals: proposals.filter { !$0.isGREASE },
      credentials: credentials.filter { !$0.isGREASE })
  }

  /// Refuses what this client's leaf lists to be ignored, and the client cannot do.
  ///
  /// Others are taken at their word, whatever they list; of oneself one knows better. RFC 9420 section
  /// 13.5 has a client hold its own capabilities without reserved values, and treat those of others
  /// like any value that is not supported.
  func requireOwnSupport(
    of extensions: [Extension], credentials: some Sequence<CredentialType>
  ) throws(MLSError) {
    let own = withoutGREASE
    // RFC 9420 §13.5
    guard try RequiredCapabilities(in: extensions)?.isSatisfied(by: own) ?? true else {
      throw .invalidExtensions(.requiredCapabilities)
    }
    // RFC 9420 §13.5
    guard own.supports(all: extensions.map(\.type)) else {
      throw .invalidExtensions(.unsupported)
    }
    // RFC 9420 §13.5
    guard own.supports(all: Set(credentials)) else {
      throw .invalidLeafNode(.credentialTypeUnsupported)
    }
  }

  /// Throws unless the leaf lists these types of proposals.
  func requireOwnSupport(
    ofProposals proposals: some Sequence<ProposalType>
  ) throws(MLSError) {
    // RFC 9420 §13.5
    guard withoutGREASE.supports(all: Set(proposals)) else {
      throw .invalidProposal(.unsupportedType)
    }
  }
}

extension ProposalList.Outcome {
  /// The credential types that come in with the proposals.
  var credentialTypes: [CredentialType] {
    added.map(\.keyPackage.leafNode.credential.type) + updated.map(\.new.credential.type)
  }
}
