import ArgumentParser
import Elman

/// All flags that are settings of a training.
struct SettingFlagGroups: ParsableArguments {
    @OptionGroup(title: "Model") var model: ModelFlags
    @OptionGroup(title: "Language models") var languageModel: LanguageModelFlags
    @OptionGroup(title: "Regularisation of language models") var regularization: RegularizationFlags
    @OptionGroup(title: "Many words") var softmax: OutputFlags
    @OptionGroup(title: "Words of sentences") var encoder: EncoderFlags
    @OptionGroup(title: "Reading sentences") var reading: ReaderFlags
    @OptionGroup(title: "Pretrained models") var transfer: TransferFlags
    @OptionGroup(title: "Fine-tuning") var fineTuning: FineTuningFlags
    @OptionGroup(title: "Classifiers") var classify: ClassifyFlags
    @OptionGroup(title: "Taggers") var tag: TagFlags
    @OptionGroup(title: "Tasks on pairs") var pairTask: PairTaskFlags
    @OptionGroup(title: "Translators") var translate: TranslateFlags
    @OptionGroup(title: "Retrievers") var retrieve: RetrieveFlags
    @OptionGroup(title: "Trees") var tree: TreeFlags
    @OptionGroup(title: "Parsers") var parse: ParseFlags
    @OptionGroup(title: "Texts") var text: TextFlags
    @OptionGroup(title: "Training") var training: TrainingFlags

    /// The settings that are given, whatever group declares them.
    var settings: JSONObject {
        var object: JSONObject = [:]
        for child in Mirror(reflecting: self).children {
            guard let flags = (child.value as? any SettingFlagGroup)?.settingFlags else { continue }
            for member in flags.settings.members { object[member.key] = member.value }
        }
        return object
    }
}

/// An option group of a command.
private protocol SettingFlagGroup {
    /// The flags, where they are settings.
    var settingFlags: (any SettingFlags)? { get }
}

extension OptionGroup: SettingFlagGroup {
    fileprivate var settingFlags: (any SettingFlags)? { wrappedValue as? any SettingFlags }
}
