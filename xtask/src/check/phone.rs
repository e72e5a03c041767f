//! The phone's shell lets nothing out: its manifest and rules are read as XML, and each thing is allowed by name or found.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use anyhow::Context;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use crate::metadata::Metadata;
use crate::step::Problems;

const MAIN: &str = "src-tauri/gen/android/app/src/main";
/// What the app may ask of the phone.
const PERMISSIONS: &[&str] = &["INTERNET", "ACCESS_COARSE_LOCATION", "CAMERA"];
/// What must stand on the application: records leave the phone by syncing and by nothing else.
const APPLICATION: &[(&str, &str)] = &[
    ("android:allowBackup", "false"),
    ("android:fullBackupContent", "false"),
    ("android:dataExtractionRules", "@xml/data_extraction_rules"),
    (
        "android:networkSecurityConfig",
        "@xml/network_security_config",
    ),
    ("android:usesCleartextTraffic", "false"),
];
/// What may not stand there, whatever it says.
const NEVER: &[&str] = &[
    "android:debuggable",
    "android:testOnly",
    "android:sharedUserId",
];
/// The one door for other apps.
const DOOR: &str = ".MainActivity";
const ACTIONS: &[&str] = &[
    "android.intent.action.MAIN",
    "android.intent.action.VIEW",
    "org.chromium.arc.intent.action.VIEW",
];
/// The links that open it: an invitation's.
const SCHEME: &str = "toso";
/// What the manifests of Tauri's plugins may ask for besides: they become one with ours when an APK is built.
const BROUGHT: &[&str] = &[
    "CAMERA",
    "VIBRATE",
    "USE_BIOMETRIC",
    "POST_NOTIFICATIONS",
    // Planned reminders outlive a restart of the phone.
    "RECEIVE_BOOT_COMPLETED",
    "WAKE_LOCK",
];
/// Every folder that a copy of an app may take.
const DOMAINS: &[&str] = &["root", "file", "database", "sharedpref", "external"];

/// An element: the names on the way to it, and its attributes.
#[derive(Debug)]
struct Element {
    path: Vec<String>,
    attributes: BTreeMap<String, String>,
}

impl Element {
    fn name(&self) -> &str {
        self.path.last().map_or("", String::as_str)
    }

    fn get(&self, attribute: &str) -> &str {
        self.attributes.get(attribute).map_or("", String::as_str)
    }
}

pub(super) fn check(root: &Path) -> anyhow::Result<Problems> {
    let read = |path: &str| {
        let text = std::fs::read_to_string(root.join(MAIN).join(path));
        text.with_context(|| format!("{MAIN}/{path} cannot be read"))
    };
    let mut problems = manifest(&elements(&read("AndroidManifest.xml")?)?);
    problems.extend(extraction(&elements(&read(
        "res/xml/data_extraction_rules.xml",
    )?)?));
    problems.extend(network(&elements(&read(
        "res/xml/network_security_config.xml",
    )?)?));
    for package in Metadata::all(root)?.packages {
        if let Some(text) = package.android_manifest()? {
            let found = brought(&elements(&text)?);
            problems.extend(
                found
                    .iter()
                    .map(|found| format!("{}: {found}", package.name)),
            );
        }
    }
    problems.extend(activity(&read("java/vn/toso/app/MainActivity.kt")?));
    Ok(problems)
}

/// Every element of a text, in its order.
fn elements(text: &str) -> anyhow::Result<Vec<Element>> {
    let mut reader = Reader::from_str(text);
    let (mut path, mut all) = (Vec::new(), Vec::new());
    loop {
        match reader.read_event()? {
            Event::Start(start) => {
                path.push(name(&start));
                all.push(element(&path, &start)?);
            }
            Event::Empty(start) => {
                path.push(name(&start));
                all.push(element(&path, &start)?);
                path.pop();
            }
            Event::End(_) => drop(path.pop()),
            Event::Eof => return Ok(all),
            _ => {}
        }
    }
}

fn name(start: &BytesStart<'_>) -> String {
    start.name().as_ref().to_owned()
}

fn element(path: &[String], start: &BytesStart<'_>) -> anyhow::Result<Element> {
    let mut attributes = BTreeMap::new();
    for attribute in start.attributes() {
        let attribute = attribute?;
        let name = attribute.key.as_ref().to_owned();
        let value = attribute.value.into_owned();
        attributes.insert(name, value);
    }
    Ok(Element {
        path: path.to_vec(),
        attributes,
    })
}

fn manifest(all: &[Element]) -> Problems {
    let mut problems = Problems::new();
    let application = all.iter().find(|one| one.name() == "application");
    for (attribute, value) in APPLICATION {
        if application.is_none_or(|one| one.get(attribute) != *value) {
            problems.push(format!("the manifest does not say {attribute}=\"{value}\""));
        }
    }
    for one in all {
        let (kind, named) = (one.name(), one.get("android:name"));
        for attribute in NEVER.iter().filter(|a| one.attributes.contains_key(**a)) {
            problems.push(format!("the manifest says {attribute}"));
        }
        if kind.starts_with("uses-permission") {
            let short = named.strip_prefix("android.permission.").unwrap_or(named);
            if !PERMISSIONS.contains(&short) {
                problems.push(format!("the manifest asks for {named}"));
            }
        }
        if one.get("android:exported") == "true" && (kind, named) != ("activity", DOOR) {
            problems.push(format!("{kind} {named} is open to other apps"));
        }
        let component = ["activity", "service", "receiver", "provider"].contains(&kind);
        if component && !one.attributes.contains_key("android:exported") {
            problems.push(format!("{kind} {named} does not say whether it is open"));
        }
        let data = &one.attributes;
        if kind == "data" && (data.len() != 1 || one.get("android:scheme") != SCHEME) {
            problems.push(format!(
                "another link than an invitation opens us: {data:?}"
            ));
        }
        if kind == "action" && !ACTIONS.contains(&named) {
            problems.push(format!("another app may start us by {named}"));
        }
    }
    problems
}

/// What a plugin's manifest adds to ours when an APK is built.
fn brought(all: &[Element]) -> Problems {
    let mut problems = Problems::new();
    for one in all {
        let named = one.get("android:name");
        let short = named.strip_prefix("android.permission.").unwrap_or(named);
        if one.name().starts_with("uses-permission") && !BROUGHT.contains(&short) {
            problems.push(format!("its manifest asks for {named}"));
        }
        if one.get("android:exported") == "true" {
            problems.push(format!("its {} {named} is open to other apps", one.name()));
        }
    }
    problems
}

/// Nothing is copied to a cloud or to another phone.
fn extraction(all: &[Element]) -> Problems {
    let mut problems = Problems::new();
    for way in ["cloud-backup", "device-transfer"] {
        let of_it = all.iter().filter(|one| one.path.iter().any(|p| p == way));
        let excluded: BTreeSet<&str> = of_it
            .filter(|one| one.name() == "exclude" && one.get("path") == ".")
            .map(|one| one.get("domain"))
            .collect();
        for domain in DOMAINS.iter().filter(|domain| !excluded.contains(*domain)) {
            problems.push(format!("{way} does not leave out {domain}"));
        }
    }
    if all.iter().any(|one| one.name() == "include") {
        problems.push("the extraction rules take something in".to_owned());
    }
    problems
}

/// No plain text on any way, and nobody's authority but the system's.
fn network(all: &[Element]) -> Problems {
    let mut problems = Problems::new();
    let base = all.iter().find(|one| one.name() == "base-config");
    if base.is_none_or(|one| one.get("cleartextTrafficPermitted") != "false") {
        problems.push("the network rules do not forbid plain text".to_owned());
    }
    for one in all {
        let user = one.name() == "certificates" && one.get("src") != "system";
        if user || one.get("cleartextTrafficPermitted") == "true" || one.name() == "debug-overrides"
        {
            problems.push(format!("the network rules hold {one:?}"));
        }
    }
    problems
}

/// Screenshots are off before anything can be drawn.
fn activity(kotlin: &str) -> Problems {
    let at = |words: &str| kotlin.find(words).unwrap_or(usize::MAX);
    let secure = at("window.setFlags(WindowManager.LayoutParams.FLAG_SECURE");
    if secure < at("super.onCreate(") {
        return Problems::new();
    }
    vec!["MainActivity.kt does not set FLAG_SECURE before super.onCreate".to_owned()]
}

#[cfg(test)]
mod tests {
    use super::{activity, brought, elements, extraction, manifest, network};

    const WELL: &str = r#"<manifest><uses-permission android:name="android.permission.CAMERA"/>
        <application android:allowBackup="false" android:fullBackupContent="false"
         android:dataExtractionRules="@xml/data_extraction_rules"
         android:networkSecurityConfig="@xml/network_security_config" android:usesCleartextTraffic="false">
        <activity android:name=".MainActivity" android:exported="true"><intent-filter>
        <action android:name="android.intent.action.MAIN"/></intent-filter></activity></application></manifest>"#;

    #[test]
    fn each_thing_that_opens_the_phone_is_found() {
        let told = |text: &str| manifest(&elements(text).unwrap());
        assert!(told(WELL).is_empty(), "{:?}", told(WELL));
        for (from, to) in [
            ("allowBackup=\"false\"", "allowBackup=\"true\""),
            ("android:usesCleartextTraffic=\"false\"", ""),
            ("permission.CAMERA", "permission.READ_SMS"),
            (
                "<application ",
                "<application android:debuggable=\"false\" ",
            ),
            (
                "</application>",
                "<service android:name=\"x\" android:exported=\"true\"/></application>",
            ),
            (
                "</application>",
                "<receiver android:name=\"x\"/></application>",
            ),
            ("intent.action.MAIN", "intent.action.SEND"),
            (
                "</intent-filter>",
                "<data android:scheme=\"https\" /></intent-filter>",
            ),
            (
                "</intent-filter>",
                "<data android:scheme=\"toso\" android:host=\"x\"/></intent-filter>",
            ),
        ] {
            let changed = WELL.replacen(from, to, 1);
            assert_ne!(changed, WELL);
            assert_eq!(told(&changed).len(), 1, "{to}");
        }
    }

    #[test]
    fn what_a_plugin_would_open_is_found() {
        let told = |inner: &str| {
            brought(&elements(&format!("<manifest>{inner}</manifest>")).unwrap()).len()
        };
        assert_eq!(
            told(r#"<uses-permission android:name="android.permission.VIBRATE"/>"#),
            0
        );
        assert_eq!(
            told(r#"<uses-permission android:name="android.permission.RECORD_AUDIO"/>"#),
            1
        );
        assert_eq!(
            told(
                r#"<application><receiver android:name="x" android:exported="true"/></application>"#
            ),
            1
        );
    }

    #[test]
    fn a_folder_that_may_be_copied_is_found() {
        let all = |way: &str| {
            let rules = super::DOMAINS.iter();
            let rules = rules.map(|d| format!("<exclude domain=\"{d}\" path=\".\"/>"));
            format!("<{way}>{}</{way}>", rules.collect::<String>())
        };
        let whole = format!("<r>{}{}</r>", all("cloud-backup"), all("device-transfer"));
        let told = |text: &str| extraction(&elements(text).unwrap());
        assert!(told(&whole).is_empty());
        let less = whole.replacen("<exclude domain=\"root\" path=\".\"/>", "", 1);
        assert_eq!(told(&less), ["cloud-backup does not leave out root"]);
        let more = whole.replace("<r>", "<r><include domain=\"file\" path=\"x\"/>");
        assert_eq!(told(&more).len(), 1);
    }

    #[test]
    fn plain_text_and_other_authorities_are_found() {
        let well = r#"<c><base-config cleartextTrafficPermitted="false"><certificates src="system"/></base-config></c>"#;
        let told = |text: &str| network(&elements(text).unwrap()).len();
        assert_eq!(told(well), 0);
        assert_eq!(told(&well.replace("\"system\"", "\"user\"")), 1);
        assert_eq!(told(&well.replace("\"false\"", "\"true\"")), 2);
        assert_eq!(told(&well.replace("</c>", "<debug-overrides/></c>")), 1);
    }

    #[test]
    fn a_screen_that_can_be_photographed_is_found() {
        let (flag, begin) = (
            "window.setFlags(WindowManager.LayoutParams.FLAG_SECURE, 1)\n",
            "super.onCreate(x)\n",
        );
        assert!(activity(&format!("{flag}{begin}")).is_empty());
        assert_eq!(activity(&format!("{begin}{flag}")).len(), 1);
        assert_eq!(activity(begin).len(), 1);
    }
}
