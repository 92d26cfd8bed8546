// SPDX-License-Identifier: Apache-2.0

/// What a command works with: where output goes, whom it may ask, which profile is meant.
///
/// Flag over environment over configuration file over default, decided here and nowhere else.
struct Tool: Sendable {
  let console: Console
  let prompter: Prompter
  let directories: Directories
  let configuration: Configuration
  let passphrases: PassphraseSource
  let kdf: KeyDerivation

  enum KeyDerivation: Sendable { case full, insecureTest }

  init(_ options: CommonOptions, needsConfiguration: Bool = true) throws(Failure) {
    let path = try Directories.configurationPath()
    var mistake: Failure?
    var configuration = Configuration()
    do {
      configuration = try Configuration(path: path)
    } catch {
      var failure = error
      failure.next = ["edit \(Shell.quoted(path))", "alcove explain configuration-invalid"]
      guard !needsConfiguration else { throw failure }
      mistake = failure
    }
    self.configuration = configuration
    let profile = options.profile ?? Environment["ALCOVE_PROFILE"] ?? configuration[.profile]
    directories = try Directories(profile: profile ?? "default")

    var console = Console()
    if options.json {
      console.form = .json
    } else if options.plain || configuration.isOn(.plain) {
      console.form = .plain
    }
    console.discreet = options.discreet || configuration.isOn(.discreet)
    console.profile = options.profile
    func colours(_ descriptor: Descriptor) -> Style {
      let choice =
        options.color ?? (Environment["NO_COLOR"] != nil ? .never : nil)
        ?? configuration[.color].flatMap(ColorChoice.init(rawValue:)) ?? .auto
      switch choice {
      case .always: return Style(isOn: console.form == .human)
      case .never: return Style(isOn: false)
      case .auto:
        return Style(
          isOn: console.form == .human && descriptor.isTerminal && Environment["TERM"] != "dumb")
      }
    }
    console.outStyle = colours(.standardOutput)
    console.noteStyle = colours(.standardError)
    self.console = console
    if let mistake { console.warn("\(Printable.line(mistake.message)); the file was not used") }
    prompter = Prompter(console: console)

    let isNamed =
      options.passphraseDescriptor != nil || options.passphraseFile != nil
      || options.passphraseCommand != nil
    passphrases =
      isNamed
      ? PassphraseSource(
        descriptor: options.passphraseDescriptor, file: options.passphraseFile,
        command: options.passphraseCommand)
      : PassphraseSource(
        file: configuration[.passphraseFile], command: configuration[.passphraseCommand])

    guard !options.insecureTestKdf || Environment.allowsTestHooks else {
      throw Failure(.usage, "--insecure-test-kdf is for tests only")
    }
    kdf = options.insecureTestKdf ? .insecureTest : .full
  }
}
