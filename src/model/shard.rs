//! A shard: one of several runs that together are a whole one.

use std::fmt;
use std::str::FromStr;

use super::units::UnitError;

/// The most shards of one run.
pub const MOST: u32 = 10_000;

/// One shard of so many.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Shard {
    /// From 1.
    pub index: u32,
    pub of: u32,
}

impl Shard {
    pub fn new(index: u32, of: u32) -> Option<Shard> {
        (1 <= index && index <= of && of <= MOST).then_some(Shard { index, of })
    }
}

impl fmt::Display for Shard {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.index, self.of)
    }
}

impl FromStr for Shard {
    type Err = UnitError;

    /// Reads `2/5`.
    fn from_str(text: &str) -> Result<Self, UnitError> {
        let wrong = || UnitError(format!("`{text}` is no shard; write it like `2/5`, from 1/5 to 5/5, or `auto`"));
        let (index, of) = text.split_once('/').ok_or_else(wrong)?;
        let number = |text: &str| text.trim().parse::<u32>().map_err(|_| wrong());
        let (index, of) = (number(index)?, number(of)?);
        if of > MOST {
            return Err(UnitError(format!("`{text}`: there are at most {MOST} shards")));
        }
        Shard::new(index, of).ok_or_else(wrong)
    }
}

/// What `--shard` was given.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardAsked {
    /// What the CI system says in its variables.
    Auto,
    This(Shard),
}

impl FromStr for ShardAsked {
    type Err = UnitError;

    fn from_str(text: &str) -> Result<Self, UnitError> {
        match text.trim() {
            "auto" => Ok(ShardAsked::Auto),
            text => text.parse().map(ShardAsked::This),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shard_is_one_of_those_that_there_are() {
        assert_eq!("2/5".parse(), Ok(Shard { index: 2, of: 5 }));
        assert_eq!("5/5".parse(), Ok(Shard { index: 5, of: 5 }));
        for wrong in ["0/5", "6/5", "1/0", "1", "a/b", "-1/5", "", "1/2/3", "1/20000"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
        assert_eq!("auto".parse(), Ok(ShardAsked::Auto));
    }
}
