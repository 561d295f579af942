//! A page that may have so many bytes and no more. What is added is added whole, so that no table and no fence is cut.

/// Bytes kept free for what closes a part.
const CLOSING: usize = 400;

pub struct Sheet {
    out: String,
    most: usize,
    /// Whether something found no room.
    pub is_short: bool,
}

impl Sheet {
    pub fn new(most: usize) -> Sheet {
        Sheet { out: String::new(), most, is_short: false }
    }

    /// Adds a piece, or nothing of it.
    pub fn add(&mut self, piece: &str) -> bool {
        let fits = self.out.len() + piece.len() + CLOSING <= self.most;
        if fits {
            self.out.push_str(piece);
        }
        self.is_short |= !fits;
        fits
    }

    /// Adds a part: what opens it, each item as far as there is room, and `closes`, which is told how many had none. A part
    /// of which not one item has room is left out.
    pub fn part<T>(
        &mut self,
        opens: &str,
        items: impl IntoIterator<Item = T>,
        tell: impl Fn(T) -> String,
        closes: impl Fn(usize) -> String,
    ) {
        let mut items = items.into_iter();
        let Some(first) = items.next() else { return };
        if !self.add(&format!("{opens}{}", tell(first))) {
            return;
        }
        let mut left_out = 0;
        while let Some(item) = items.next() {
            if !self.add(&tell(item)) {
                // A shorter one does not come before longer ones.
                left_out = 1 + items.count();
                break;
            }
        }
        let closing = closes(left_out);
        debug_assert!(closing.len() < CLOSING / 2);
        self.out.push_str(&closing);
    }

    /// The page, with this last if something had no room.
    pub fn end(mut self, remark: &str) -> String {
        if self.is_short && self.out.len() + remark.len() <= self.most {
            self.out.push_str(remark);
        }
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_never_longer_than_it_may_be_and_never_cut() {
        for most in (0..3000).step_by(7) {
            let mut sheet = Sheet::new(most);
            for _ in 0..3 {
                let row = |n: usize| format!("| row {n} |\n");
                sheet.part("\n| table |\n| --- |\n", 0..20, row, |left| format!("\nand {left} more\n"));
            }
            let page = sheet.end("left out\n");
            assert!(page.len() <= most, "{} of {most}", page.len());
            assert!(page.is_empty() || page.ends_with('\n'));
            let tables = page.matches("| table |").count();
            assert_eq!(page.matches(" more\n").count(), tables, "{page}");
        }
    }
}
