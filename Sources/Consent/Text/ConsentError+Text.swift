// SPDX-License-Identifier: Apache-2.0

extension ConsentError: CustomStringConvertible {
  /// In a person's words, without names, keys or ids.
  public var description: String {
    switch self {
    case .json(let fault): "not strict JSON: \(fault.words)"
    case .line(let fault): "not a consent line: \(fault.words)"
    case .unsupported: "of a version or kind that this program does not know"
    case .signature: "the signature is not by the key that the line names"
    case .rule(let rule): rule.words
    case .export(let fault): fault.words
    }
  }

  /// A stable word for programs.
  public var code: String {
    switch self {
    case .json: "json"
    case .line: "form"
    case .unsupported: "unsupported"
    case .signature: "signature"
    case .rule: "rule"
    case .export: "export"
    }
  }
}

extension JSONFault {
  var words: String {
    switch self {
    case .notUTF8: "it is not UTF-8"
    case .truncated: "it ends too early"
    case .unexpectedByte: "a character stands where it may not"
    case .trailingBytes: "something follows its end"
    case .duplicateMember: "a member is there twice"
    case .notAnInteger: "a number is not an integer"
    case .invalidString: "a string is not valid"
    case .tooDeep: "it is nested too deep"
    case .tooLarge: "it is too large"
    }
  }
}

extension LineFault {
  var words: String {
    switch self {
    case .compactForm: "it has not the three parts of a signed line"
    case .tooLarge: "it is too large"
    case .header: "its header is not exactly that of a consent line"
    case .base64url: "its base64url is not canonical"
    case .wrongType: "a member has the wrong type"
    case .missingMember: "a member is missing"
    case .unknownMember: "it has a member that is not known"
    case .outOfRange: "a value is out of range"
    case .time: "a time is not written as it must be"
    case .text: "a text is empty, too long or holds characters that may not be shown"
    case .scope: "a scope is unknown, named twice, or names no person where it must"
    case .formHash: "the hash of the form is not that of its text"
    case .dates: "it ends before it begins"
    case .empty: "it says nothing"
    case .certificate: "its certificate is not valid"
    }
  }
}

extension LedgerRule {
  var words: String {
    switch self {
    case .foundingLine: "the ledger does not begin with terms as it must"
    case .relationship: "the line belongs to another relationship"
    case .repeated: "the line is there twice"
    case .seenMissing: "the line does not say upon which head it was signed"
    case .dead: "the line was signed upon another head than the one it follows"
    case .time: "the line is dated before the one it follows"
    case .unknownKey: "the line is signed by a key that nothing introduces"
    case .certificateForAnotherKey: "the certificate is not for the key that signed"
    case .certificateRepeated: "the certificate of a known key is given again"
    case .serial: "the device key has been replaced by a newer one"
    case .author: "this is not for this person to sign"
    case .voidNamesLine: "the line declares a line void that is in the ledger"
    case .phase(let phase): "it has no place while the consent is \(phase.words)"
    case .termsAnswered: "there are no new terms to grant"
    case .formHash: "the form that was signed is not the form of the terms"
    case .acknowledgesAnother: "it acknowledges another line than the one that waits"
    case .full: "the ledger is full"
    }
  }
}

extension ExportFault {
  var words: String {
    switch self {
    case .tooLarge: "the file is too large"
    case .lineEnds: "the file is not made of lines that each end in one line feed"
    case .empty: "the file holds no line"
    case .firstLine: "the first line of the file does not follow from the others"
    case .notAWithdrawal: "the file does not hold a withdrawal"
    }
  }
}

extension ConsentPhase {
  /// In a person's words.
  public var words: String {
    switch self {
    case .offered: "offered"
    case .granted: "signed by the client, not yet counter-signed"
    case .inForce: "in force"
    case .expired: "expired"
    case .lapsed: "lapsed"
    case .ended: "ended"
    }
  }
}
