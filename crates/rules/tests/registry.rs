//! Every rule is named, grouped and documented alike.

use std::collections::BTreeSet;

use rules::{Group, rules};

const HEADINGS: &[&str] =
    &["What it finds", "Why it matters", "Example", "Instead", "When to ignore it", "Source"];

#[test]
fn names_are_unique_and_in_kebab_case() {
    let mut seen = BTreeSet::new();
    let groups: BTreeSet<&str> = Group::ALL.iter().map(|group| group.name()).collect();
    for rule in rules() {
        assert!(seen.insert(rule.name), "two rules are named {}", rule.name);
        assert!(!groups.contains(rule.name), "{} is the name of a group", rule.name);
        let kebab = rule.name.split('-').all(|word| {
            !word.is_empty() && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        });
        assert!(kebab, "{} is not in kebab-case", rule.name);
        // "allow RULE" must read well: a name says the defect, not what to do about it.
        let first = rule.name.split('-').next().unwrap_or("");
        let cure = ["avoid", "check", "dont", "prefer", "use"].contains(&first);
        assert!(!cure, "{} names the cure", rule.name);
    }
}

#[test]
fn summaries_are_one_line() {
    for rule in rules() {
        let summary = rule.summary;
        assert!(!summary.is_empty() && !summary.contains('\n') && !summary.ends_with('.'), "{}", rule.name);
        assert!(summary.len() <= 90, "{}: the summary is too long", rule.name);
    }
}

#[test]
fn pages_have_their_headings() {
    for rule in rules() {
        let mut lines = rule.page.lines();
        assert_eq!(
            lines.next(),
            Some(format!("# {}", rule.name).as_str()),
            "{}: the page's title",
            rule.name
        );
        let found: Vec<&str> = lines.filter_map(|line| line.strip_prefix("## ")).collect();
        assert_eq!(found, HEADINGS, "{}: the page's headings", rule.name);
        for part in ["## Example", "## Instead"] {
            let body = rule.page.split(part).nth(1).unwrap_or("");
            let body = body.split("\n## ").next().unwrap_or("");
            assert!(body.contains("```py\n"), "{}: {part} has no code", rule.name);
        }
    }
}
