//! Vietnamese password habits, as rules: a phrase, a place or a person's name with a few digits,
//! and a row of digits with a letter or two. Written out, they would fill a list many times as
//! long, and it would still miss most of them.

/// Phrases, words and places, without accents as they are typed.
const PHRASES: &str = "anhyeuem emyeuanh anhyeu emyeu yeuem yeuanh yeuemnhieu yeuanhnhieu \
    yeuemmaimai yeuanhmaimai anhnhoem emnhoanh nhoem nhoanh nhoemnhieu anhvaem emvaanh maiyeuem \
    maimaiyeuem maimaiyeuanh mainhoem chiyeuminhem chiyeuem minhyeunhau yeunhau tinhyeu tinhban \
    yeumotnguoi motminh codon buonqua vuive hanhphuc maimai mailamai banbe bantoi toiyeuem \
    toiyeuanh toiyeuvietnam toilatoi conyeu conyeucuame conyeucuabo conyeume conyeubo yeubome \
    yeume yeubo meyeu boyeu bome bomeyeu bomeoi meoi giadinh giadinhtoi vochong voyeu chongyeu \
    vocon concon contrai congai becon beyeu matkhau quenmatkhau quenroi khongbiet khongco khongnho \
    khongcogi chiuthoi bimat matma dangnhap taikhoan nguoidung xinchao chaoban camon mayman \
    phattai phatloc phattailoc thanhcong chienthang hyvong uocmo binhan binhyen niemtin cogang \
    quyettam hoctap hocsinh sinhvien giaovien bacsi congnhan congty nhanvien lamviec baohiem \
    baohiemxahoi baohiemyte bhxh vssid bhyt vneid dichvucong vietnam vietnamvodich hanoi saigon \
    tphcm hochiminh bacho thanhpho danang haiphong cantho hue nhatrang dalat vungtau binhduong \
    dongnai nghean thanhhoa quangninh quangnam hatinh namdinh thaibinh haiduong hungyen bacninh \
    bacgiang langson laocai yenbai phutho thainguyen vinhphuc hoabinh sonla dienbien ninhbinh \
    quangbinh quangtri quangngai binhdinh phuyen khanhhoa ninhthuan binhthuan kontum gialai \
    daklak daknong lamdong binhphuoc tayninh longan tiengiang bentre travinh vinhlong dongthap \
    angiang kiengiang haugiang soctrang baclieu camau conmeo concho conheo conga congchua hoangtu \
    hoahong hoamai hoadao mattroi mattrang ngoisao muaxuan muaha muathu muadong cuocsong zalo \
    facebook youtube iloveyou admin";

/// Words of family and given names.
const NAMES: &str = "a an anh bao bich binh bui cam chau chi chien chinh chung cuong dai dang dao \
    dat diem diep dieu dinh do doan dong duc dung duong duy gia giang ha hai han hang hanh hao hau \
    hien hieu ho hoa hoai hoan hoang hong hue hung huong huu huy huyen huynh khai khang khanh khoa \
    khoi kien kieu kiet kim lam lan lanh le lien linh loan loc loi long luan luong ly mai man manh \
    minh my nam nga ngan nghia ngo ngoc nguyen nguyet nhan nhat nhi nhu nhung oanh pham phan phat \
    phong phu phuc phung phuoc phuong quan quang quoc quy quyen quyet quynh sang sinh son suong ta \
    tai tam tan thach thai thang thanh thao thi thien thinh tho thoa thong thu thuan thuong thuy \
    thuyen tien tin tinh toan tra tram tran trang tri trieu trinh trong truc trung truong tu tuan \
    tung tuoi tuong tuyen tuyet uyen van vi viet vinh vo vu vuong vy xuan yen";

/// Letters that people put before or after a row of digits when a letter is demanded.
const LETTERS: &str =
    "a aa aaa ab abc abcd abcde q qw qwe qwer qwerty asd asdf zxc zxcv z x m h t n vn em me bo";

/// The rows of digits that people type.
const ROWS: &str = "123 1234 12345 123456 1234567 12345678 123456789 1234567890 0123456789 \
    123123 123321 654321 987654321 111111 222222 555555 666666 777777 888888 999999 000000 \
    1111 2222 6666 7777 8888 9999 0000 6789 6868 686868 8386 7979 1314 2023 2024 2025 2026 2027";

/// Words of a person's name.
const NAME_WORDS: usize = 3;

/// Digits that may follow or precede a phrase or a name: a year, a lucky number, a count.
const FEW: usize = 4;

/// Whether `key` is a phrase or a name with at most four digits or a known row of them, or a row
/// of digits with a few known letters.
pub(super) fn is_habit(key: &str) -> bool {
    let digit = |c: char| c.is_ascii_digit();
    let behind = key.trim_end_matches(digit);
    let (word, digits) = if behind.len() < key.len() {
        (behind, &key[behind.len()..])
    } else {
        let ahead = key.trim_start_matches(digit);
        (ahead, &key[..key.len() - ahead.len()])
    };
    let row = lists(ROWS, digits);
    let few = digits.len() <= FEW;
    (row && lists(LETTERS, word))
        || ((row || few) && (lists(PHRASES, word) || is_name(word, NAME_WORDS)))
}

fn lists(words: &str, word: &str) -> bool {
    words.split_ascii_whitespace().any(|listed| listed == word)
}

/// Whether `text` is one to `most` words of names.
fn is_name(text: &str, most: usize) -> bool {
    most > 0
        && NAMES.split_ascii_whitespace().any(|name| {
            text.strip_prefix(name).is_some_and(|rest| rest.is_empty() || is_name(rest, most - 1))
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn phrases_and_names_with_a_few_digits_are_habits() {
        for key in [
            "anhyeuem",
            "matkhau123",
            "anhyeuem1314",
            "conyeucuame",
            "vietnam2024",
            "huong1990",
            "1990huong",
            "nguyenvana",
            "tranthihuong88",
            "minhanh123456",
            "tuananh",
            "123456hanoi",
        ] {
            assert!(is_habit(key), "{key}");
        }
    }

    #[test]
    fn rows_of_digits_with_known_letters_are_habits() {
        for key in ["12345678a", "a12345678", "abc1234", "123456aa", "qwerty2024"] {
            assert!(is_habit(key), "{key}");
        }
    }

    #[test]
    fn other_words_and_many_digits_are_not() {
        for key in [
            "",
            "khechuala",
            "huong73920",
            "88huong1990",
            "abc73920",
            "nguyenvanandung",
            "meotreocaycau",
            "73920461857",
        ] {
            assert!(!is_habit(key), "{key}");
        }
    }
}
