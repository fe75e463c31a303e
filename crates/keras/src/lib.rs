//! keras
