//! How each file is to be checked: by the command line, by the settings beside it, by its project.

use std::collections::HashMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result};
use checker::config::{CONFIG_FILES, Config};
use checker::{Backend, Profile, Selection, Settings};

use crate::args::Target;
use crate::files::shown;
use crate::project::{Projects, backend_around, folders_around, from_here};

/// What the command line says of the rules to report.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    /// Only these.
    pub(crate) select: Vec<String>,
    /// These as well.
    pub(crate) extend: Vec<String>,
    /// Not these.
    pub(crate) ignore: Vec<String>,
    /// Whether to list what is not known.
    pub(crate) explain_unknown: bool,
}

/// Settings with the folder that their patterns count from.
#[derive(Debug)]
struct Found {
    file: PathBuf,
    folder: PathBuf,
    config: Config,
}

/// Gives each file its settings, and remembers those of folders it has seen.
#[derive(Debug)]
pub(crate) struct Resolver<'a> {
    target: &'a Target,
    named: Named,
    projects: Projects,
    /// The backend that the environment chooses for Keras.
    backend: Option<String>,
    given: Option<Arc<Found>>,
    folders: HashMap<PathBuf, Option<Arc<Found>>>,
}

impl<'a> Resolver<'a> {
    /// Makes a resolver.
    ///
    /// # Errors
    /// When the command line names a rule that does not exist, or a file of settings that cannot be used.
    pub(crate) fn new(target: &'a Target, named: Named) -> Result<Resolver<'a>> {
        Selection::new(named.select.clone(), named.extend.clone(), named.ignore.clone())?;
        let given = match &target.config {
            Some(path) => {
                let text =
                    fs::read_to_string(path).with_context(|| format!("cannot read {}", shown(path)))?;
                read(path, &text)?.map(Arc::new)
            }
            None => None,
        };
        let (projects, backend, folders) = (Projects::default(), backend_around(), HashMap::new());
        Ok(Resolver { target, named, projects, backend, given, folders })
    }

    /// Returns the settings for a script.
    ///
    /// # Errors
    /// When a file of settings beside it cannot be used.
    pub(crate) fn settings(&mut self, script: &Path) -> Result<Settings> {
        let found = match &self.given {
            Some(given) => Some(given.clone()),
            None if self.target.config.is_some() => None,
            None => self.beside(script)?,
        };
        let config = found.as_ref().map(|found| &found.config);
        // A flag takes the place of the setting of its name; what extends adds to it.
        let either = |flag: &[String], setting: fn(&Config) -> &Vec<String>| match config {
            Some(config) if flag.is_empty() => setting(config).clone(),
            _ => flag.to_vec(),
        };
        let select = either(&self.named.select, |c| &c.select);
        let ignore = either(&self.named.ignore, |c| &c.ignore);
        let mut extend = config.map(|c| c.extend_select.clone()).unwrap_or_default();
        extend.extend_from_slice(&self.named.extend);
        let mut selection = Selection::new(select, extend, ignore)?;
        if let Some(found) = &found {
            let path = below(script, &found.folder);
            selection = selection.without(found.config.ignored_in(&path).cloned());
        }
        let keras = self.target.keras;
        let configured = found
            .as_ref()
            .and_then(|found| Some(Profile::configured(found.config.keras?, &from_here(&found.file))));
        let project = match (keras, configured) {
            (Some(_), _) => None,
            (None, Some(configured)) => Some(configured),
            (None, None) => self.projects.profile(script),
        };
        let on_tensorflow = self.target.backend.is_some() || config.is_some_and(|c| c.on_tensorflow);
        let backend = if on_tensorflow {
            Backend::TensorFlow
        } else {
            Backend::Chosen { around: self.backend.clone() }
        };
        Ok(Settings { keras, project, backend, selection, explain_unknown: self.named.explain_unknown })
    }

    /// Finds the settings in a script's folder or above, up to the top of its project.
    fn beside(&mut self, script: &Path) -> Result<Option<Arc<Found>>> {
        let folder = match script.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        if let Some(known) = self.folders.get(folder) {
            return Ok(known.clone());
        }
        let mut found = None;
        'search: for folder in folders_around(folder) {
            for name in CONFIG_FILES {
                let path = folder.join(name);
                // A file that is not there, or no text, has no settings.
                let Ok(text) = fs::read_to_string(&path) else { continue };
                if let Some(settings) = read(&path, &text)? {
                    found = Some(Arc::new(settings));
                    break 'search;
                }
            }
        }
        self.folders.insert(folder.to_path_buf(), found.clone());
        Ok(found)
    }
}

fn read(path: &Path, text: &str) -> Result<Option<Found>> {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    let config = Config::read(name, text).with_context(|| format!("{} cannot be used", shown(path)))?;
    let folder = path.parent().and_then(|parent| fs::canonicalize(parent).ok()).unwrap_or_default();
    Ok(config.map(|config| Found { file: path.to_path_buf(), folder, config }))
}

/// Returns a script's path from a folder, with `/`.
fn below(script: &Path, folder: &Path) -> String {
    let parent = script.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let absolute = fs::canonicalize(parent).unwrap_or_default();
    let absolute = absolute.join(script.file_name().unwrap_or_default());
    let path = absolute.strip_prefix(folder).unwrap_or(&absolute);
    path.to_string_lossy().replace('\\', "/")
}
