//! Imports. Nothing is loaded but modules of the script's own project, as text.

use python::ast;

use crate::interp::Interp;
use crate::raise::Eval;
use crate::value::Value;

impl<'a> Interp<'a> {
    pub(super) fn exec_import(&mut self, s: &'a ast::StmtImport) -> Eval<()> {
        for alias in &s.names {
            let name = alias.name.as_str();
            let module = self.import_module(name)?;
            match &alias.asname {
                Some(asname) => self.set_name(asname, module),
                None => {
                    // `import tensorflow.keras` binds `tensorflow`.
                    let root = name.split('.').next().unwrap_or(name);
                    let value = if root == name { module } else { self.import_module(root)? };
                    self.set_name(root, value);
                }
            }
        }
        Ok(())
    }

    pub(super) fn exec_import_from(&mut self, s: &'a ast::StmtImportFrom) -> Eval<()> {
        let name = s.module.as_ref().map_or("", |m| m.as_str());
        if name == "__future__" {
            return Ok(());
        }
        let module = if s.level > 0 { self.unknown("a relative import") } else { self.import_module(name)? };
        for alias in &s.names {
            if alias.name.as_str() == "*" {
                self.import_star(&module);
                continue;
            }
            let value = self.import_member(&module, name, &alias.name)?;
            let target = alias.asname.as_ref().unwrap_or(&alias.name);
            self.set_name(target, value);
        }
        Ok(())
    }

    fn import_star(&mut self, module: &Value) {
        let Value::Module(path) = module else { return };
        let profile = crate::value::profile(self.keras);
        let members: Vec<&str> = names::members(profile, path).map(|e| e.name()).collect();
        for member in members {
            if let Ok(Some(value)) = self.find_attr(module, member) {
                self.set_name(member, value);
            }
        }
    }
}
